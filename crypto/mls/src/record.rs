//! Plain JavaScript objects built field by field: views cross the border as data,
//! with nothing for the caller to free.

use js_sys::{Array, BigInt, Object, Reflect, Uint8Array};
use wasm_bindgen::JsValue;

pub fn bytes(data: &[u8]) -> Uint8Array {
    Uint8Array::from(data)
}

pub struct Record(Object);

impl Record {
    pub fn new() -> Self {
        Self(Object::new())
    }

    pub fn set(self, name: &str, value: impl Into<JsValue>) -> Self {
        // Setting a field of a fresh plain object cannot fail.
        let _ = Reflect::set(&self.0, &JsValue::from_str(name), &value.into());
        self
    }

    pub fn bytes(self, name: &str, data: &[u8]) -> Self {
        self.set(name, bytes(data))
    }

    pub fn big(self, name: &str, value: u64) -> Self {
        self.set(name, BigInt::from(value))
    }

    pub fn list(self, name: &str, items: impl Iterator<Item = impl Into<JsValue>>) -> Self {
        self.set(name, list(items))
    }

    pub fn done(self) -> JsValue {
        self.0.into()
    }
}

pub fn list(items: impl Iterator<Item = impl Into<JsValue>>) -> Array {
    items.map(Into::into).collect()
}
