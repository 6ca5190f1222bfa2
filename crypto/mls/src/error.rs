//! Stable error codes: every OpenMLS error becomes one word that TypeScript can
//! switch on. No detail of a secret or of a foreign message may enter a code.

use openmls::framing::errors::{MessageDecryptionError, SecretTreeError};
use openmls::group::{
    CommitBuilderStageError, CreateCommitError, ProcessMessageError, ProposalValidationError,
    StageCommitError, ValidationError, WelcomeError,
};
use openmls::prelude::MlsGroupStateError;
use openmls::schedule::errors::PskError;
use wasm_bindgen::JsValue;

/// A failure as JavaScript sees it: an `Error` whose message is the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault(pub &'static str);

pub type Outcome<T> = Result<T, Fault>;

impl From<Fault> for JsValue {
    fn from(fault: Fault) -> Self {
        js_sys::Error::new(fault.0).into()
    }
}

pub const INTERNAL: Fault = Fault("internal");

/// For failures that no input can cause (encoding our own values, memory storage).
pub fn internal<E>(_: E) -> Fault {
    INTERNAL
}

impl From<MlsGroupStateError> for Fault {
    fn from(error: MlsGroupStateError) -> Self {
        Fault(match error {
            MlsGroupStateError::UseAfterEviction => "inactive",
            MlsGroupStateError::PendingCommit => "pending-commit",
            MlsGroupStateError::NoPendingCommit => "no-pending-commit",
            _ => "internal",
        })
    }
}

fn psk(error: &PskError, otherwise: &'static str) -> &'static str {
    match error {
        PskError::KeyNotFound => "psk-not-found",
        _ => otherwise,
    }
}

fn proposal(error: &ProposalValidationError) -> &'static str {
    match error {
        ProposalValidationError::DuplicateSignatureKey
        | ProposalValidationError::DuplicateEncryptionKey
        | ProposalValidationError::DuplicateInitKey
        | ProposalValidationError::InitEncryptionKeyCollision => "duplicate-key",
        ProposalValidationError::UnknownMemberRemoval
        | ProposalValidationError::DuplicateMemberRemoval => "unknown-leaf",
        ProposalValidationError::InsufficientCapabilities
        | ProposalValidationError::InvalidAddProposalCiphersuiteOrVersion
        | ProposalValidationError::LeafNodeValidation(_) => "bad-key-package",
        ProposalValidationError::Psk(error) => psk(error, "bad-commit"),
        _ => "bad-commit",
    }
}

impl From<CreateCommitError> for Fault {
    fn from(error: CreateCommitError) -> Self {
        Fault(match &error {
            CreateCommitError::CannotRemoveSelf => "self-remove",
            CreateCommitError::PskError(error) => psk(error, "bad-psk"),
            CreateCommitError::ProposalValidationError(error) => proposal(error),
            CreateCommitError::LibraryError(_) => "internal",
            _ => "bad-commit",
        })
    }
}

impl<S> From<CommitBuilderStageError<S>> for Fault {
    fn from(_: CommitBuilderStageError<S>) -> Self {
        INTERNAL
    }
}

impl<S> From<WelcomeError<S>> for Fault {
    fn from(error: WelcomeError<S>) -> Self {
        Fault(match &error {
            WelcomeError::NoMatchingKeyPackage => "no-key-package",
            WelcomeError::GroupAlreadyExists => "group-exists",
            WelcomeError::Psk(error) => psk(error, "bad-welcome"),
            _ => "bad-welcome",
        })
    }
}

fn decryption(error: &MessageDecryptionError) -> &'static str {
    match error {
        MessageDecryptionError::SecretTreeError(SecretTreeError::SecretReuseError) => "replayed",
        MessageDecryptionError::SecretTreeError(
            SecretTreeError::TooDistantInThePast | SecretTreeError::TooDistantInTheFuture,
        ) => "out-of-window",
        _ => "decrypt-failed",
    }
}

fn staging(error: &StageCommitError) -> &'static str {
    match error {
        StageCommitError::EpochMismatch => "wrong-epoch",
        StageCommitError::MissingProposal => "missing-proposal",
        StageCommitError::PskError(error) => psk(error, "bad-commit"),
        StageCommitError::ProposalValidationError(error) => proposal(error),
        _ => "bad-commit",
    }
}

impl<S> From<ProcessMessageError<S>> for Fault {
    fn from(error: ProcessMessageError<S>) -> Self {
        match error {
            ProcessMessageError::GroupStateError(error) => error.into(),
            ProcessMessageError::IncompatibleWireFormat => Fault("public-message"),
            ProcessMessageError::InvalidCommit(error) => Fault(staging(&error)),
            ProcessMessageError::ValidationError(error) => Fault(match &error {
                ValidationError::WrongGroupId => "wrong-group",
                ValidationError::WrongEpoch => "wrong-epoch",
                ValidationError::NoPastEpochData => "past-epoch",
                ValidationError::InvalidSignature => "bad-signature",
                ValidationError::UnknownMember => "unknown-leaf",
                ValidationError::UnableToDecrypt(error) => decryption(error),
                ValidationError::KeyPackageVerifyError(_)
                | ValidationError::UpdatePathError(_)
                | ValidationError::InvalidLeafNodeSignature
                | ValidationError::InvalidLeafNodeSourceType
                | ValidationError::CommitterIncludedOwnUpdate
                | ValidationError::InvalidAddProposalCiphersuite
                | ValidationError::InvalidExtension(_) => "bad-commit",
                _ => "bad-message",
            }),
            _ => Fault("bad-message"),
        }
    }
}
