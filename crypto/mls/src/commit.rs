//! Own commits: built by value, pending until the caller has seen them ordered.

use js_sys::Uint8Array;
use openmls::prelude::{LeafNodeIndex, LeafNodeParameters, PreSharedKeyProposal, Proposal};
use openmls_traits::OpenMlsProvider;
use wasm_bindgen::prelude::*;

use crate::error::{Fault, Outcome, internal};
use crate::record::{Record, bytes};
use crate::session::Session;
use crate::{key_package, profile};

fn repeats<T: PartialEq>(items: &[T]) -> bool {
    items
        .iter()
        .enumerate()
        .any(|(at, item)| items[..at].contains(item))
}

#[wasm_bindgen]
impl Session {
    /// Builds a commit (RFC 9420 section 12.4.1). Nothing is merged.
    #[wasm_bindgen]
    pub fn commit(
        &mut self,
        adds: Vec<Uint8Array>,
        removes: Vec<u32>,
        psk_id: Option<Vec<u8>>,
        context: Option<Vec<u8>>,
        force_path: bool,
        aad: Vec<u8>,
    ) -> Outcome<JsValue> {
        self.active()?;
        if self.has_pending() {
            return Err(Fault("pending-commit"));
        }
        // OpenMLS would drop a proposal that is there twice and say nothing.
        if repeats(&removes) {
            return Err(Fault("unknown-leaf"));
        }
        let removes = removes
            .into_iter()
            .map(|index| self.leaf_index(index))
            .collect::<Outcome<Vec<_>>>()?;
        let packages = adds
            .iter()
            .map(|package| key_package::read(&self.provider, self.suite, &package.to_vec()))
            .collect::<Outcome<Vec<_>>>()?;
        if repeats(&packages) {
            return Err(Fault("duplicate-key"));
        }
        let psk = psk_id.map(|id| self.psk_id(&id)).transpose()?;
        let context = context
            .map(|data| profile::context_extensions(&data))
            .transpose()?;
        let parameters = match force_path {
            true => profile::leaf_parameters(self.suite, self.credential(), &self.attempt)?,
            false => LeafNodeParameters::default(),
        };
        let group = self.group.as_mut().ok_or(Fault("no-group"))?;

        group.set_aad(aad);
        let mut builder = group
            .commit_builder()
            .consume_proposal_store(false)
            .force_self_update(force_path)
            .leaf_node_parameters(parameters)
            .propose_removals(removes)
            .propose_adds(packages);
        if let Some(id) = psk {
            let proposal = PreSharedKeyProposal::new(id);
            builder = builder.add_proposal(Proposal::PreSharedKey(Box::new(proposal)));
        }
        if let Some(extensions) = context {
            builder = builder.propose_group_context_extensions(extensions)?;
        }
        let bundle = builder
            .load_psks(self.provider.storage())?
            .create_group_info(false)
            .build(
                self.provider.rand(),
                self.provider.crypto(),
                &self.signer,
                |_| true,
            )?
            .stage_commit(&self.provider)?;
        let (commit, welcome, _) = bundle.into_messages();

        let view = Record::new().bytes("commit", &commit.to_bytes().map_err(internal)?);
        Ok(match welcome {
            Some(welcome) => view.bytes("welcome", &welcome.to_bytes().map_err(internal)?),
            None => view,
        }
        .done())
    }

    #[wasm_bindgen(js_name = hasPending)]
    pub fn has_pending(&self) -> bool {
        self.group
            .as_ref()
            .is_some_and(|group| group.pending_commit().is_some())
    }

    #[wasm_bindgen(js_name = mergePending)]
    pub fn merge_pending(&mut self) -> Outcome<()> {
        self.active()?;
        if !self.has_pending() {
            return Err(Fault("no-pending-commit"));
        }
        self.staged = None;
        let group = self.group.as_mut().ok_or(Fault("no-group"))?;
        group.merge_pending_commit(&self.provider).map_err(internal)
    }

    #[wasm_bindgen(js_name = clearPending)]
    pub fn clear_pending(&mut self) -> Outcome<()> {
        let group = self.group.as_mut().ok_or(Fault("no-group"))?;
        group
            .clear_pending_commit(self.provider.storage())
            .map_err(internal)
    }

    /// An application message (RFC 9420 section 15).
    pub fn encrypt(&mut self, data: Vec<u8>, aad: Vec<u8>) -> Outcome<Uint8Array> {
        self.active()?;
        let data = zeroize::Zeroizing::new(data);
        let group = self.group.as_mut().ok_or(Fault("no-group"))?;
        group.set_aad(aad);
        let message = group
            .create_message(&self.provider, &self.signer, &data)
            .map_err(internal)?;
        Ok(bytes(&message.to_bytes().map_err(internal)?))
    }
}

impl Session {
    /// A leaf that is in the tree: OpenMLS is not asked about numbers beyond it.
    fn leaf_index(&self, index: u32) -> Outcome<LeafNodeIndex> {
        let mut leaves = self.group()?.treesync().full_leaves();
        let found = leaves.find(|(at, _)| at.u32() == index);
        found.map(|(at, _)| at).ok_or(Fault("unknown-leaf"))
    }
}
