//! Compiles the wire contracts with protox, so that no protoc is needed.

use std::error::Error;

const PROTO_ROOT: &str = "../../../proto";
const PROTOS: [&str; 2] = ["fraud/v1/admin.proto", "fraud/v1/scoring.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    for folder in ["buf", "fraud"] {
        println!("cargo:rerun-if-changed={PROTO_ROOT}/{folder}");
    }
    let mut files = protox::compile(PROTOS, [PROTO_ROOT])?;
    // Validation rules are options: nothing here needs them as types.
    files
        .file
        .retain(|file| file.package.as_deref() != Some("buf.validate"));
    tonic_prost_build::configure()
        .build_server(false)
        .compile_fds(files)?;
    Ok(())
}
