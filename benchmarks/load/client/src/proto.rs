//! The wire contracts, generated from `proto/fraud/v1`.

#![allow(missing_docs, clippy::all)]

tonic::include_proto!("fraud.v1");
