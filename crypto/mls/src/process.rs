//! Messages of others: application data is returned, a commit is held until the
//! caller merges or discards it. Only PrivateMessages, and no standalone proposals.

use openmls::prelude::{
    ContentType, MlsMessageBodyIn, MlsMessageIn, ProcessedMessageContent, ProtocolMessage, Sender,
};
use tls_codec::DeserializeBytes as _;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::error::{Fault, Outcome, internal};
use crate::record::Record;
use crate::session::Session;
use crate::staged;

fn read(bytes: &[u8]) -> Outcome<ProtocolMessage> {
    let message = MlsMessageIn::tls_deserialize_exact_bytes(bytes);
    match message.map(MlsMessageIn::extract) {
        Ok(MlsMessageBodyIn::PrivateMessage(message)) => match message.content_type() {
            ContentType::Proposal => Err(Fault("standalone-proposal")),
            _ => Ok(message.into()),
        },
        Ok(MlsMessageBodyIn::PublicMessage(_)) => Err(Fault("public-message")),
        _ => Err(Fault("bad-message")),
    }
}

fn member(sender: &Sender) -> Outcome<u32> {
    match sender {
        Sender::Member(index) => Ok(index.u32()),
        _ => Err(Fault("bad-message")),
    }
}

#[wasm_bindgen]
impl Session {
    #[wasm_bindgen]
    pub fn process(&mut self, message: &[u8]) -> Outcome<JsValue> {
        self.active()?;
        let message = read(message)?;
        if message.content_type() == ContentType::Commit && self.staged.is_some() {
            return Err(Fault("already-staged"));
        }
        let oldest = self.oldest_readable()?;
        if message.epoch().as_u64() < oldest && message.content_type() == ContentType::Application {
            return Err(Fault("past-epoch"));
        }
        let group = self.group.as_mut().ok_or(Fault("no-group"))?;
        let processed = group.process_message(&self.provider, message)?;

        let sender = processed.sender().clone();
        let aad = processed.aad().to_vec();
        let credential = processed.credential().serialized_content().to_vec();
        let epoch = processed.epoch().as_u64();
        match processed.into_content() {
            ProcessedMessageContent::ApplicationMessage(message) => Ok(Record::new()
                .set("kind", "application")
                .bytes("data", &Zeroizing::new(message.into_bytes()))
                .bytes("aad", &aad)
                .big("epoch", epoch)
                .set("sender", member(&sender)?)
                .bytes("senderCredential", &credential)
                .done()),
            ProcessedMessageContent::StagedCommitMessage(commit) => {
                let view = staged::view(&self.provider, &commit, &sender, epoch, &aad)?;
                self.staged = Some(*commit);
                Ok(Record::new().set("kind", "commit").set("view", view).done())
            }
            ProcessedMessageContent::OwnPrivateMessage
            | ProcessedMessageContent::OwnPendingCommit => Err(Fault("own-message")),
            _ => Err(Fault("standalone-proposal")),
        }
    }

    /// Enters the epoch of the staged commit; an own pending commit is dropped.
    #[wasm_bindgen(js_name = mergeStaged)]
    pub fn merge_staged(&mut self) -> Outcome<()> {
        let staged = self.staged.take().ok_or(Fault("no-staged-commit"))?;
        let group = self.group.as_mut().ok_or(Fault("no-group"))?;
        group
            .merge_staged_commit(&self.provider, staged)
            .map_err(internal)
    }

    #[wasm_bindgen(js_name = discardStaged)]
    pub fn discard_staged(&mut self) {
        self.staged = None;
    }
}
