//! what an outsider with the link's PSK and a GroupInfo with its tree can build with the real
//! library. Compiled for tests only; no byte of it is in the wasm.
//!
//! `fixtures/outsider.json` holds such messages, against groups that a client of the built wasm can
//! enter: its key package comes from a fixed seed and fixed randomness (`ENTROPY`), so `attacks.test.ts`
//! makes the same one again and opens the Welcome with it. Here the same member is played by plain
//! OpenMLS with our settings, which takes the messages: a wire format policy says nothing of external
//! ones. To write the file anew (HPKE draws randomness of its own, so the bytes differ each time):
//!
//!     cargo test --locked outsider::write -- --ignored

use openmls::prelude::*;
use openmls_rust_crypto::{MemoryStorage, MemoryStorageError};
use serde_json::{Value, json};
use tls_codec::Serialize as _;

use crate::outsider_testkit::{ATTEMPT, ENTROPY, Person, Plain, hex, read, wire};
use crate::profile;
use crate::provider::Crypto;

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/outsider.json");

/// A group of ours with host and member. If `sender` is there it is listed as an external sender,
/// which no group of ours does: the commit that adds the member changes the context, too.
fn found(host: &Plain, member: KeyPackage, sender: Option<&Plain>) -> (MlsGroup, MlsMessageOut) {
    let config = profile::create_config(host.suite, ATTEMPT, b"context").unwrap();
    let id = GroupId::from_slice(b"group");
    let mut group =
        MlsGroup::new_with_group_id(host, &host.signer, &config, id, host.credential()).unwrap();
    let mut builder = group
        .commit_builder()
        .propose_adds([member])
        .add_proposal(Proposal::PreSharedKey(Box::new(host.psk())));
    if let Some(sender) = sender {
        let CredentialWithKey {
            credential,
            signature_key,
        } = sender.credential();
        let list = vec![ExternalSender::new(signature_key, credential)];
        let mut context = profile::context_extensions(b"context").unwrap();
        context.add(Extension::ExternalSenders(list)).unwrap();
        builder = builder.propose_group_context_extensions(context).unwrap();
    }
    let bundle = builder
        .load_psks(host.storage())
        .unwrap()
        .build(host.rand(), host.crypto(), &host.signer, |_| true)
        .unwrap()
        .stage_commit(host)
        .unwrap();
    group.merge_pending_commit(host).unwrap();
    (group, bundle.into_welcome_msg().unwrap())
}

/// Joins by external commit (RFC 9420 section 12.4.3.2), with the PSK of the link.
fn external_commit(outsider: &Plain, info: &MlsMessageOut) -> (MlsGroup, MlsMessageOut) {
    let MlsMessageBodyIn::GroupInfo(info) = read(&wire(info)).extract() else {
        panic!("no GroupInfo");
    };
    let leaf = profile::leaf_parameters(outsider.suite, outsider.credential(), ATTEMPT);
    MlsGroup::external_commit_builder()
        .with_config(profile::join_config())
        .build_group(outsider, info, outsider.credential())
        .unwrap()
        .add_psk_proposal(outsider.psk())
        .leaf_node_parameters(leaf.unwrap())
        .load_psks(outsider.storage())
        .unwrap()
        .build(outsider.rand(), outsider.crypto(), &outsider.signer, |_| {
            true
        })
        .unwrap()
        .finalize(outsider)
        .map(|(group, bundle)| (group, bundle.into_commit()))
        .unwrap()
}

fn entry(suite: Ciphersuite, listed: bool) -> Value {
    let [host, member, outsider] = [("host", 1), ("member", ENTROPY), ("outsider", 3)]
        .map(|(name, seed)| Plain::new(name, suite, seed));
    let package = member.key_package();
    let (mut group, welcome) = found(&host, package.clone(), listed.then_some(&outsider));
    let before = host.secret(&group);

    let info = group.export_group_info(host.crypto(), &host.signer, true);
    let (theirs, external) = external_commit(&outsider, &info.unwrap());
    let (id, epoch) = (group.group_id().clone(), group.epoch());
    let join = JoinProposal::new::<MemoryStorage>(
        outsider.key_package(),
        id.clone(),
        epoch,
        &outsider.signer,
    );
    let remove = ExternalProposal::new_remove::<Plain>(
        LeafNodeIndex::new(0),
        id,
        epoch,
        &outsider.signer,
        SenderExtensionIndex::new(0),
    );
    let next = group.self_update(&host, &host.signer, LeafNodeParameters::default());
    group.merge_pending_commit(&host).unwrap();
    json!({
        "suite": suite as u16,
        "outsiderIsListedSender": listed,
        "leafSeed": hex(&[ENTROPY; 32]),
        "keyPackage": hex(&package.tls_serialize_detached().unwrap()),
        "welcome": wire(&welcome),
        "externalCommit": wire(&external),
        "joinProposal": wire(&join.unwrap()),
        "removeProposal": wire(&remove.unwrap()),
        "nextCommit": wire(&next.unwrap().into_commit()),
        "secretBefore": before,
        "secretOfOutsider": outsider.secret(&theirs),
        "secretAfter": host.secret(&group),
    })
}

#[test]
#[ignore = "writes the fixture"]
fn write() {
    let entries: Vec<Value> = [0x004E, 0x0001]
        .map(|id| profile::suite(id).unwrap())
        .into_iter()
        .flat_map(|suite| [false, true].map(|listed| entry(suite, listed)))
        .collect();
    let text = serde_json::to_string_pretty(&entries).unwrap();
    std::fs::write(FIXTURE, text + "\n").unwrap();
}

fn entries() -> Vec<Value> {
    let text = std::fs::read_to_string(FIXTURE).unwrap();
    let entries: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(entries.len(), 4);
    entries
}

/// What it makes of one message of the entry.
fn process<C: OpenMlsCrypto>(
    (person, group): &mut (Person<C>, MlsGroup),
    wire: &Value,
) -> Result<ProcessedMessageContent, ProcessMessageError<MemoryStorageError>> {
    let message = read(wire).try_into_protocol_message().unwrap();
    let processed = group.process_message(person, message)?;
    Ok(processed.into_content())
}

fn take_next<C: OpenMlsCrypto + Default>(member: &mut (Person<C>, MlsGroup), entry: &Value) {
    let Ok(ProcessedMessageContent::StagedCommitMessage(commit)) =
        process(member, &entry["nextCommit"])
    else {
        panic!("the next commit is refused");
    };
    let (person, group) = member;
    group.merge_staged_commit(person, *commit).unwrap();
    assert_eq!(entry["secretAfter"], person.secret(group));
}

fn commit_to(member: &mut (Plain, MlsGroup), proposal: QueuedProposal) {
    let (person, group) = member;
    group
        .store_pending_proposal(person.storage(), proposal)
        .unwrap();
    group
        .commit_to_pending_proposals(person, &person.signer)
        .unwrap();
    group.merge_pending_commit(person).unwrap();
}

fn names(group: &MlsGroup) -> Vec<String> {
    group
        .members()
        .map(|member| String::from_utf8(member.credential.serialized_content().into()).unwrap())
        .collect()
}

#[test]
fn plain_openmls_takes_them() {
    for entry in entries() {
        let mut member = Plain::member(&entry);
        let Ok(ProcessedMessageContent::StagedCommitMessage(commit)) =
            process(&mut member, &entry["externalCommit"])
        else {
            panic!("the external commit is refused");
        };
        let (person, group) = &mut member;
        group.merge_staged_commit(person, *commit).unwrap();
        assert_eq!(names(group), ["host", "member", "outsider"]);
        assert_eq!(entry["secretOfOutsider"], person.secret(group));

        let mut member = Plain::member(&entry);
        let Ok(ProcessedMessageContent::ExternalJoinProposalMessage(join)) =
            process(&mut member, &entry["joinProposal"])
        else {
            panic!("the external Add is refused");
        };
        commit_to(&mut member, *join);
        assert_eq!(names(&member.1), ["host", "member", "outsider"]);

        let mut member = Plain::member(&entry);
        match process(&mut member, &entry["removeProposal"]) {
            Ok(ProcessedMessageContent::ProposalMessage(remove)) => {
                assert_eq!(entry["outsiderIsListedSender"], true);
                commit_to(&mut member, *remove);
                assert_eq!(names(&member.1), ["member"]);
            }
            // Nobody is listed in a group of ours: for this one OpenMLS needs no rule of ours.
            refused => {
                let reason = ValidationError::NoExternalSendersExtension;
                let refusal = ProcessMessageError::ValidationError(reason);
                assert_eq!(refused.unwrap_err(), refusal);
                assert_eq!(entry["outsiderIsListedSender"], false);
            }
        }
        take_next(&mut Plain::member(&entry), &entry);
    }
}

/// A second lock on external commits: the binding's crypto cannot open their init secret.
#[test]
fn our_crypto_opens_no_external_commit() {
    for entry in entries() {
        let mut member = Person::<Crypto>::member(&entry);
        assert!(process(&mut member, &entry["externalCommit"]).is_err());
        take_next(&mut member, &entry);
    }
}
