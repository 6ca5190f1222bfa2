//! Thin binding of OpenMLS to JavaScript: bytes in, bytes out, errors as stable
//! codes. It must hold no policy; who may do what is decided in TypeScript.

mod commit;
mod error;
mod group;
mod hpke;
mod join;
mod key_package;
mod leaf;
#[cfg(test)]
mod outsider;
#[cfg(test)]
mod outsider_testkit;
mod primitives;
mod process;
mod profile;
mod provider;
mod record;
mod session;
mod signer;
mod snapshot;
mod staged;
mod wipe;

#[global_allocator]
static MEMORY: wipe::Wiping = wipe::Wiping;
