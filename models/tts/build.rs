//! The copy of eSpeak NG inside piper-rs calls libsonic, which its own build forgets to link.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_PIPER").is_some() {
        println!("cargo:rustc-link-lib=dylib=sonic");
    }
}
