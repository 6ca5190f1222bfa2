//! A commit of another as TypeScript judges it before it is merged.

use openmls::prelude::{
    Extensions, GroupContext, LeafNode, Proposal, ProposalOrRefType, Sender, StagedCommit,
};
use openmls::schedule::{PreSharedKeyId, Psk};
use tls_codec::{DeserializeBytes as _, Serialize as _};
use wasm_bindgen::JsValue;

use crate::error::{Fault, Outcome, internal};
use crate::provider::Provider;
use crate::record::{Record, bytes};
use crate::{key_package, leaf, profile};

fn sender_of(sender: &Sender) -> (&'static str, u32) {
    match sender {
        Sender::Member(index) => ("member", index.u32()),
        Sender::External(_) => ("external", 0),
        Sender::NewMemberProposal => ("new-member-proposal", 0),
        Sender::NewMemberCommit => ("new-member", 0),
    }
}

/// The proposals of one commit, sorted by what TypeScript asks about.
#[derive(Default)]
struct Tally {
    adds: Vec<JsValue>,
    removes: Vec<u32>,
    updates: u32,
    psk_ids: Vec<Vec<u8>>,
    other_psks: u32,
    context: Option<(Vec<u8>, Vec<u8>, bool)>,
    others: u32,
    by_reference: u32,
}

impl Tally {
    /// The whole list is shown, so that nothing can hide beside our data.
    fn change(&mut self, list: &Extensions<GroupContext>) -> Outcome<()> {
        let raw = list.tls_serialize_detached().map_err(internal)?;
        let data = profile::context_data(list).to_vec();
        self.context = Some((data, raw, profile::context_exact(list)?));
        Ok(())
    }

    fn count(&mut self, provider: &Provider, proposal: &Proposal) -> Outcome<()> {
        match proposal {
            Proposal::Add(add) => self
                .adds
                .push(key_package::view(provider, add.key_package())?),
            Proposal::Remove(remove) => self.removes.push(remove.removed().u32()),
            Proposal::Update(_) => self.updates += 1,
            Proposal::PreSharedKey(psk) => {
                // OpenMLS keeps the field private; its bytes are the identifier.
                let psk = psk.tls_serialize_detached().map_err(internal)?;
                let id = PreSharedKeyId::tls_deserialize_exact_bytes(&psk).map_err(internal)?;
                match id.psk() {
                    Psk::External(external) => self.psk_ids.push(external.psk_id().to_vec()),
                    _ => self.other_psks += 1,
                }
            }
            Proposal::GroupContextExtensions(change) => self.change(change.extensions())?,
            _ => self.others += 1,
        }
        Ok(())
    }
}

/// The leaves that a commit brings in must have keys that the others can use.
fn check_keys(provider: &Provider, commit: &StagedCommit) -> Outcome<()> {
    let suite = commit.group_context().ciphersuite();
    let check = |leaf: &LeafNode| match leaf::usable(provider, suite, leaf)? {
        true => Ok(()),
        false => Err(Fault("bad-commit")),
    };
    for add in commit.add_proposals() {
        check(add.add_proposal().key_package().leaf_node())?;
    }
    commit.update_path_leaf_node().map_or(Ok(()), check)
}

pub fn view(
    provider: &Provider,
    commit: &StagedCommit,
    sender: &Sender,
    epoch: u64,
    aad: &[u8],
) -> Outcome<JsValue> {
    check_keys(provider, commit)?;
    let mut tally = Tally::default();
    for queued in commit.queued_proposals() {
        if queued.proposal_or_ref_type() != ProposalOrRefType::Proposal {
            tally.by_reference += 1;
        }
        tally.count(provider, queued.proposal())?;
    }
    let (kind, index) = sender_of(sender);
    let mut record = Record::new()
        .big("epoch", epoch)
        .set("senderKind", kind)
        .set("sender", index)
        .bytes("aad", aad)
        .list("adds", tally.adds.into_iter())
        .list("removes", tally.removes.into_iter())
        .set("updates", tally.updates)
        .list("pskIds", tally.psk_ids.iter().map(|id| bytes(id)))
        .set("otherPsks", tally.other_psks)
        .set("otherProposals", tally.others)
        .set("byReference", tally.by_reference)
        .set("selfRemoved", commit.self_removed());
    if let Some((data, raw, exact)) = tally.context {
        record = record
            .bytes("groupContext", &data)
            .bytes("groupContextRaw", &raw)
            .set("groupContextExact", exact);
    }
    if let Some(path) = commit.update_path_leaf_node() {
        record = record.set("pathLeaf", leaf::view(index, path)?);
    }
    Ok(record.done())
}

#[cfg(test)]
mod tests {
    use super::*;
    use openmls::prelude::{CustomProposal, Extension, PreSharedKeyProposal, UnknownExtension};

    fn tally(proposals: &[Proposal]) -> Tally {
        let (provider, mut tally) = (Provider::default(), Tally::default());
        proposals
            .iter()
            .for_each(|proposal| tally.count(&provider, proposal).unwrap());
        tally
    }

    #[test]
    fn nothing_hides_in_a_commit() {
        let external = PreSharedKeyId::external(b"link".to_vec(), vec![0; 32]);
        // PreSharedKeyID: resumption, application, group id "g", epoch 1, empty nonce.
        let wire = [2, 1, 1, b'g', 0, 0, 0, 0, 0, 0, 0, 1, 0];
        let resumption = PreSharedKeyId::tls_deserialize_exact_bytes(&wire).unwrap();
        let psk = |id| Proposal::PreSharedKey(Box::new(PreSharedKeyProposal::new(id)));
        let extra = Extension::Unknown(0xF0A9, UnknownExtension(b"hidden".to_vec()));
        let mut list = profile::context_extensions(b"data").unwrap();
        list.add(extra).unwrap();
        let mut tally = tally(&[
            psk(external),
            psk(resumption),
            Proposal::SelfRemove,
            Proposal::Custom(Box::new(CustomProposal::new(0xF0AA, vec![]))),
        ]);
        tally.change(&list).unwrap();
        assert_eq!(tally.psk_ids, [b"link".to_vec()]);
        assert_eq!((tally.other_psks, tally.others), (1, 2));
        let (data, raw, exact) = tally.context.unwrap();
        assert_eq!((data.as_slice(), exact), (b"data".as_slice(), false));
        assert!(raw.windows(6).any(|bytes| bytes == b"hidden"));
    }

    #[test]
    fn an_empty_list_is_a_change_too() {
        let mut tally = Tally::default();
        tally.change(&Extensions::empty()).unwrap();
        assert_eq!(tally.context, Some((vec![], vec![0], false)));
    }
}
