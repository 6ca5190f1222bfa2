//! Copies of a session's storage, for undoing a merge (a void) or a failed join.

use std::collections::HashMap;

use openmls::prelude::{GroupId, MlsGroup};
use openmls_traits::OpenMlsProvider;
use wasm_bindgen::prelude::*;
use zeroize::Zeroize;

use crate::error::{Fault, Outcome, internal};
use crate::provider::Provider;
use crate::session::Session;

/// The storage's values at one moment; wiped when dropped.
pub struct Values(HashMap<Vec<u8>, Vec<u8>>);

impl Values {
    pub fn of(provider: &Provider) -> Self {
        // A poisoned lock needs a panic while held, which ends the wasm instance.
        Self(
            provider
                .storage()
                .values
                .read()
                .map(|values| values.clone())
                .unwrap_or_default(),
        )
    }

    pub fn put_back(&self, provider: &Provider) {
        if let Ok(mut values) = provider.storage().values.write() {
            values.values_mut().for_each(Zeroize::zeroize);
            values.clone_from(&self.0);
        }
    }
}

impl Drop for Values {
    fn drop(&mut self) {
        self.0.values_mut().for_each(Zeroize::zeroize);
    }
}

#[wasm_bindgen]
pub struct Snapshot {
    values: Values,
    group_id: GroupId,
}

#[wasm_bindgen]
impl Session {
    pub fn snapshot(&self) -> Outcome<Snapshot> {
        let group_id = self.group()?.group_id().clone();
        Ok(Snapshot {
            values: Values::of(&self.provider),
            group_id,
        })
    }

    /// Loads the group as it was. OpenMLS brings back a pending commit and loses
    /// PSKs stored since: the one is cleared, the others are stored again.
    pub fn restore(&mut self, snapshot: &Snapshot) -> Outcome<()> {
        self.staged = None;
        self.discard_welcome();
        snapshot.values.put_back(&self.provider);
        let storage = self.provider.storage();
        let mut group = MlsGroup::load(storage, &snapshot.group_id)
            .map_err(internal)?
            .ok_or(Fault("no-group"))?;
        group.clear_pending_commit(storage).map_err(internal)?;
        self.group = Some(group);
        self.store_psks()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.credential.zeroize();
        if let Ok(mut values) = self.provider.storage().values.write() {
            values.values_mut().for_each(Zeroize::zeroize);
        }
    }
}
