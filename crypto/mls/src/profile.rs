//! What every leaf and group of ours looks like on the wire: suites, code points,
//! capabilities and group settings. Nothing here reads a message.

use openmls::prelude::{
    Capabilities, Ciphersuite, CredentialType, CredentialWithKey, Extension, ExtensionType,
    Extensions, GroupContext, LeafNode, LeafNodeParameters, Lifetime, MlsGroupCreateConfig,
    MlsGroupJoinConfig, PURE_CIPHERTEXT_WIRE_FORMAT_POLICY, RequiredCapabilitiesExtension,
    SenderRatchetConfiguration, UnknownExtension,
};
use tls_codec::Serialize as _;

use crate::error::{Fault, Outcome, internal};

/// Group-context extension holding the meeting's state.
pub const CONTEXT_EXTENSION: u16 = 0xF0A1;
/// Credential type: the admission.
pub const CREDENTIAL: u16 = 0xF0A2;
/// Leaf extension holding the attempt number.
pub const ATTEMPT_EXTENSION: u16 = 0xF0A3;

/// Past epochs whose application messages can be read (protocol: at most two).
pub const PAST_EPOCHS: usize = 2;
const OUT_OF_ORDER: u32 = 64;
const FORWARD: u32 = 1000;

pub fn suite(id: u16) -> Outcome<Ciphersuite> {
    match id {
        0x004E => Ok(Ciphersuite::MLS_128_MLKEM768X25519_AES256GCM_SHA384_Ed25519),
        0x0001 => Ok(Ciphersuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519),
        _ => Err(Fault("bad-suite")),
    }
}

/// The one lifetime we write and accept, so that nobody judges by a clock.
pub fn lifetime() -> Lifetime {
    Lifetime::init(0, u64::MAX)
}

pub fn capabilities(suite: Ciphersuite) -> Capabilities {
    Capabilities::new(
        None,
        Some(&[suite]),
        Some(&extension_types()),
        None,
        Some(&[CredentialType::Other(CREDENTIAL)]),
    )
}

/// What a forced path states: this client's own leaf, unchanged but for its key.
pub fn leaf_parameters(
    suite: Ciphersuite,
    credential: CredentialWithKey,
    attempt: &[u8],
) -> Outcome<LeafNodeParameters> {
    Ok(LeafNodeParameters::builder()
        .with_credential_with_key(credential)
        .with_capabilities(capabilities(suite))
        .with_extensions(leaf_extensions(attempt)?)
        .build())
}

fn extension_types() -> [ExtensionType; 2] {
    [
        ExtensionType::Unknown(CONTEXT_EXTENSION),
        ExtensionType::Unknown(ATTEMPT_EXTENSION),
    ]
}

pub fn leaf_extensions(attempt: &[u8]) -> Outcome<Extensions<LeafNode>> {
    let attempt = UnknownExtension(attempt.to_vec());
    Extensions::single(Extension::Unknown(ATTEMPT_EXTENSION, attempt)).map_err(internal)
}

/// The canonical group-context extensions around `data`: ours first, then the
/// required capabilities (RFC 9420 section 11.1). No other list is exact.
pub fn context_extensions(data: &[u8]) -> Outcome<Extensions<GroupContext>> {
    Extensions::from_vec(vec![
        Extension::Unknown(CONTEXT_EXTENSION, UnknownExtension(data.to_vec())),
        Extension::RequiredCapabilities(RequiredCapabilitiesExtension::new(
            &extension_types(),
            &[],
            &[CredentialType::Other(CREDENTIAL)],
        )),
    ])
    .map_err(internal)
}

/// The data of our group-context extension, empty when absent.
pub fn context_data(extensions: &Extensions<GroupContext>) -> &[u8] {
    extensions
        .unknown(CONTEXT_EXTENSION)
        .map_or(&[], |found| &found.0)
}

/// Whether the list is byte for byte what we would write around its data.
pub fn context_exact(extensions: &Extensions<GroupContext>) -> Outcome<bool> {
    let ours = context_extensions(context_data(extensions))?;
    let found = extensions.tls_serialize_detached().map_err(internal)?;
    Ok(found == ours.tls_serialize_detached().map_err(internal)?)
}

fn ratchet() -> SenderRatchetConfiguration {
    SenderRatchetConfiguration::new(OUT_OF_ORDER, FORWARD)
}

pub fn join_config() -> MlsGroupJoinConfig {
    MlsGroupJoinConfig::builder()
        .wire_format_policy(PURE_CIPHERTEXT_WIRE_FORMAT_POLICY)
        .use_ratchet_tree_extension(true)
        .max_past_epochs(PAST_EPOCHS)
        .sender_ratchet_configuration(ratchet())
        .build()
}

pub fn create_config(
    suite: Ciphersuite,
    attempt: &[u8],
    context: &[u8],
) -> Outcome<MlsGroupCreateConfig> {
    Ok(MlsGroupCreateConfig::builder()
        .ciphersuite(suite)
        .capabilities(capabilities(suite))
        .lifetime(lifetime())
        .with_leaf_node_extensions(leaf_extensions(attempt)?)
        .map_err(internal)?
        .with_group_context_extensions(context_extensions(context)?)
        .wire_format_policy(PURE_CIPHERTEXT_WIRE_FORMAT_POLICY)
        .use_ratchet_tree_extension(true)
        .max_past_epochs(PAST_EPOCHS)
        .sender_ratchet_configuration(ratchet())
        .build())
}

#[cfg(test)]
mod tests {
    use super::*;
    use openmls::prelude::{Credential, ExternalSender, SignaturePublicKey};

    fn list(extensions: Vec<Extension>) -> Extensions<GroupContext> {
        Extensions::from_vec(extensions).unwrap()
    }

    #[test]
    fn only_our_list_is_exact() {
        let ours = context_extensions(b"data").unwrap();
        assert!(context_exact(&ours).unwrap());
        assert_eq!(context_data(&ours), b"data");

        let parts: Vec<Extension> = ours.iter().cloned().collect();
        let credential = Credential::new(CredentialType::Basic, vec![]);
        let sender = ExternalSender::new(SignaturePublicKey::from(vec![1]), credential);
        let mut hidden = parts.clone();
        hidden.push(Extension::ExternalSenders(vec![sender]));
        let mut unknown = parts.clone();
        unknown.push(Extension::Unknown(0xF0A9, UnknownExtension(vec![])));
        let weaker = RequiredCapabilitiesExtension::new(&extension_types(), &[], &[]);
        let weak = vec![parts[0].clone(), Extension::RequiredCapabilities(weaker)];
        let swapped = vec![parts[1].clone(), parts[0].clone()];
        for bad in [
            hidden,
            unknown,
            weak,
            swapped,
            parts[..1].to_vec(),
            parts[1..].to_vec(),
            vec![],
        ] {
            assert!(!context_exact(&list(bad)).unwrap());
        }
    }
}
