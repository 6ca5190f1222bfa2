//! Joining in two steps: a Welcome is opened and shown, then taken or put away.

use openmls::prelude::{
    LeafNodeIndex, MlsGroup, MlsMessageBodyIn, MlsMessageIn, ProcessedWelcome, StagedWelcome,
    Welcome,
};
use tls_codec::DeserializeBytes as _;
use wasm_bindgen::prelude::*;

use crate::error::{Fault, Outcome};
use crate::record::Record;
use crate::session::Session;
use crate::snapshot::Values;
use crate::{leaf, profile};

/// A group built from a Welcome but not yet taken, and the storage as it was.
pub struct StagedJoin {
    group: MlsGroup,
    before: Values,
}

fn read(bytes: &[u8]) -> Outcome<Welcome> {
    let message = MlsMessageIn::tls_deserialize_exact_bytes(bytes);
    match message.map(MlsMessageIn::extract) {
        Ok(MlsMessageBodyIn::Welcome(welcome)) => Ok(welcome),
        _ => Err(Fault("bad-welcome")),
    }
}

#[wasm_bindgen]
impl Session {
    /// Opens and checks a Welcome (RFC 9420 section 12.4.3.1). On failure the
    /// storage is as before: a Welcome that is noise does not burn the key package.
    #[wasm_bindgen(js_name = stageWelcome)]
    pub fn stage_welcome(&mut self, welcome: &[u8]) -> Outcome<JsValue> {
        if self.group.is_some() || self.welcome.is_some() {
            return Err(Fault("group-exists"));
        }
        let welcome = read(welcome)?;
        let before = Values::of(&self.provider);
        let opened = self.open(welcome);
        if opened.is_err() {
            before.put_back(&self.provider);
        }
        let (group, sender) = opened?;
        let view = self.welcome_view(&group, sender);
        self.welcome = Some(StagedJoin { group, before });
        view
    }

    #[wasm_bindgen(js_name = joinStaged)]
    pub fn join_staged(&mut self) -> Outcome<()> {
        let staged = self.welcome.take().ok_or(Fault("no-welcome"))?;
        self.first_epoch = staged.group.epoch().as_u64();
        self.group = Some(staged.group);
        Ok(())
    }

    /// Forgets the staged Welcome and all that opening it wrote; the key package
    /// could open it again.
    #[wasm_bindgen(js_name = discardWelcome)]
    pub fn discard_welcome(&mut self) {
        if let Some(staged) = self.welcome.take() {
            staged.before.put_back(&self.provider);
        }
    }
}

impl Session {
    fn open(&self, welcome: Welcome) -> Outcome<(MlsGroup, LeafNodeIndex)> {
        if welcome.ciphersuite() != self.suite {
            return Err(Fault("bad-welcome"));
        }
        let staged: StagedWelcome =
            ProcessedWelcome::new_from_welcome(&self.provider, &profile::join_config(), welcome)?
                .into_staged_welcome(&self.provider, None)?;
        let sender = staged.welcome_sender_index();
        Ok((staged.into_group(&self.provider)?, sender))
    }

    fn welcome_view(&self, group: &MlsGroup, sender: LeafNodeIndex) -> Outcome<JsValue> {
        Ok(Record::new()
            .bytes("groupId", group.group_id().as_slice())
            .big("epoch", group.epoch().as_u64())
            .set("suite", group.ciphersuite() as u16)
            .bytes("groupContext", profile::context_data(group.extensions()))
            .set(
                "groupContextExact",
                profile::context_exact(group.extensions())?,
            )
            .list("leaves", leaf::all(group)?.into_iter())
            .set("ownIndex", group.own_leaf_index().u32())
            .set("sender", sender.u32())
            .done())
    }
}
