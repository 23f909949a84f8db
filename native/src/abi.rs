//! The C functions that the node binds. All are safe to call from any thread.

use std::ffi::{CStr, CString};
use std::os::raw::{c_char, c_void};
use std::ptr;

use crate::call;
use crate::logging::{self, Callback};

/// Version of this interface; the node refuses a library with another one.
#[no_mangle]
pub extern "C" fn selkie_abi_version() -> u32 {
    call::ABI_VERSION
}

/// Sends log records of `level` (1 error … 5 trace) and above to `callback` until the process
/// ends; `user` is handed back with each. Returns 0, or 1 when `callback` is null.
#[no_mangle]
pub extern "C" fn selkie_init(level: i32, callback: Option<Callback>, user: *mut c_void) -> i32 {
    match callback {
        Some(callback) => {
            logging::to_callback(level, callback, user);
            0
        }
        None => 1,
    }
}

/// Runs the request, for milliseconds (verify) to hours (PreCommit1), on the calling thread.
/// Never returns null; the caller gives the reply back to [`selkie_free`].
///
/// # Safety
/// `request` is null or points to a NUL-terminated string that lives during the call.
#[no_mangle]
pub unsafe extern "C" fn selkie_call(request: *const c_char) -> *mut c_char {
    let bytes = if request.is_null() {
        &[]
    } else {
        // SAFETY: the caller's promise.
        unsafe { CStr::from_ptr(request) }.to_bytes()
    };
    // JSON escapes control characters, so there is no NUL to refuse.
    CString::new(call::call(bytes))
        .unwrap_or_default()
        .into_raw()
}

/// Frees a reply.
///
/// # Safety
/// `reply` is null or came from [`selkie_call`] and was not freed before.
#[no_mangle]
pub unsafe extern "C" fn selkie_free(reply: *mut c_char) {
    if !ptr::eq(reply, ptr::null_mut()) {
        // SAFETY: the caller's promise.
        drop(unsafe { CString::from_raw(reply) });
    }
}
