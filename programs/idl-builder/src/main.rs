//! `idl-builder CRATE_DIR OUTPUT.json`: reads the `codama` attributes in a program's source and writes its IDL.

use std::{env, error::Error, fs, path::Path};

use codama::{Codama, NodeTrait};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [crate_directory, output] = arguments.as_slice() else {
        return Err("usage: idl-builder CRATE_DIR OUTPUT.json".into());
    };
    let idl = Codama::load(Path::new(crate_directory))?.get_idl()?.to_json_pretty()?;
    fs::write(output, idl + "\n")?;
    Ok(())
}
