//! Memory is zeroed before it is freed: storage values, secrets of past epochs and
//! the copies that the JavaScript glue makes do not lie in linear memory for ever.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;

pub struct Wiping;

// SAFETY: every block comes from `System` and goes back to it with its own layout.
// `realloc` is the trait's default: a new block, a copy, and the wiping `dealloc`.
unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe {
            block.write_bytes(0, layout.size());
            // Kept out of sight, or the compiler drops a write nobody reads.
            System.dealloc(black_box(block), layout);
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        unsafe { System.alloc_zeroed(layout) }
    }
}
