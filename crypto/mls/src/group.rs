//! What a session says about its group, and founding one.

use js_sys::{Array, Uint8Array};
use openmls::prelude::{GroupId, MlsGroup};
use openmls_traits::OpenMlsProvider;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::error::{Fault, Outcome, internal};
use crate::record::{bytes, list};
use crate::session::Session;
use crate::{leaf, profile};

#[wasm_bindgen]
impl Session {
    #[wasm_bindgen(js_name = createGroup)]
    pub fn create_group(&mut self, group_id: &[u8], context: &[u8]) -> Outcome<()> {
        if self.group.is_some() || self.welcome.is_some() {
            return Err(Fault("group-exists"));
        }
        let config = profile::create_config(self.suite, &self.attempt, context)?;
        let group = MlsGroup::new_with_group_id(
            &self.provider,
            &self.signer,
            &config,
            GroupId::from_slice(group_id),
            self.credential(),
        )
        .map_err(internal)?;
        self.group = Some(group);
        Ok(())
    }

    #[wasm_bindgen(js_name = hasGroup)]
    pub fn has_group(&self) -> bool {
        self.group.is_some()
    }

    #[wasm_bindgen(js_name = isActive)]
    pub fn is_active(&self) -> bool {
        self.active().is_ok()
    }

    pub fn epoch(&self) -> Outcome<u64> {
        Ok(self.group()?.epoch().as_u64())
    }

    #[wasm_bindgen(js_name = groupId)]
    pub fn group_id(&self) -> Outcome<Uint8Array> {
        Ok(bytes(self.group()?.group_id().as_slice()))
    }

    pub fn suite(&self) -> u16 {
        self.suite as u16
    }

    #[wasm_bindgen(js_name = ownIndex)]
    pub fn own_index(&self) -> Outcome<u32> {
        Ok(self.active()?.own_leaf_index().u32())
    }

    #[wasm_bindgen]
    pub fn leaves(&self) -> Outcome<Array> {
        Ok(list(leaf::all(self.group()?)?.into_iter()))
    }

    #[wasm_bindgen(js_name = groupContext)]
    pub fn group_context(&self) -> Outcome<Uint8Array> {
        Ok(bytes(profile::context_data(self.group()?.extensions())))
    }

    pub fn export(&self, label: &str, context: &[u8], length: usize) -> Outcome<Uint8Array> {
        let secret = self
            .active()?
            .export_secret(self.provider.crypto(), label, context, length)
            .map_err(|_| Fault("bad-length"))?;
        Ok(bytes(&Zeroizing::new(secret)))
    }

    #[wasm_bindgen(js_name = epochAuthenticator)]
    pub fn epoch_authenticator(&self) -> Outcome<Uint8Array> {
        Ok(bytes(self.active()?.epoch_authenticator().as_slice()))
    }
}
