//! Takes the designer's page inside, if `engine/web` was built (`make build` does); without it the page says so.
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let built = Path::new("../web/dist");
    // A folder that is missing would count as changed each time.
    fs::create_dir_all(built)?;
    println!("cargo:rerun-if-changed={}", built.display());
    println!("cargo:rerun-if-changed=build.rs");
    let inside = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?).join("web");
    if inside.exists() {
        fs::remove_dir_all(&inside)?;
    }
    fs::create_dir_all(&inside)?;
    for entry in fs::read_dir(built).into_iter().flatten().flatten().filter(|e| e.path().is_file()) {
        fs::copy(entry.path(), inside.join(entry.file_name()))?;
    }
    Ok(())
}
