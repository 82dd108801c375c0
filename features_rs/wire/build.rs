//! Compiles what the kernel reads of the wire contract with protox, so that no protoc is needed.

use std::error::Error;

use prost_types::FileDescriptorProto;

const PROTO_ROOT: &str = "../../proto";
const PROTOS: [&str; 3] = [
    "fraud/v1/records.proto",
    "fraud/v1/scoring.proto",
    "fraud/v1/transaction.proto",
];
const MESSAGES: [&str; 9] = [
    "Transaction",
    "Coordinates",
    "FeatureVector",
    "Prediction",
    "ScoreRequest",
    "ScoreResponse",
    "Reason",
    "Flags",
    "ServerTiming",
];
/// To pass over them is half the work of reading a state.
const NOT_READ: [&str; 1] = ["named_features"];

fn main() -> Result<(), Box<dyn Error>> {
    for folder in ["buf", "fraud"] {
        println!("cargo:rerun-if-changed={PROTO_ROOT}/{folder}");
    }
    let mut files = protox::compile(PROTOS, [PROTO_ROOT])?;
    // Validation rules are options: nothing here needs them as types.
    files.file.retain(|file| file.package() != "buf.validate");
    files
        .file
        .iter_mut()
        .filter(|file| file.package() == "fraud.v1")
        .for_each(keep_what_is_read);
    prost_build::Config::new().compile_fds(files)?;
    Ok(())
}

fn keep_what_is_read(file: &mut FileDescriptorProto) {
    // Comments are found by the places of messages, which are others from here on.
    file.source_code_info = None;
    file.message_type
        .retain(|message| MESSAGES.contains(&message.name()));
    for message in &mut file.message_type {
        message.nested_type.clear();
        message
            .field
            .retain(|field| !NOT_READ.contains(&field.name()));
    }
}
