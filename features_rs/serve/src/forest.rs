//! Trees of an ONNX file, laid out for caches that others have emptied.
//!
//! Between two payments of a hundred a second the caches forget the model. ONNX Runtime's nodes are
//! 24 bytes each, and there is much code on the way to them. Here a node is 8 bytes, a tree of depth
//! four 248 that follow each other, and the next tree is the next.
//!
//! It takes the one form in which gradient-boosted trees are exported by `training/bundles`: a
//! single `TreeEnsembleClassifier` of two classes, whose leaves add up to the log odds of one.
//! See <https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsembleClassifier.html>. Sums are made
//! in float32 in the order of the trees, as ONNX Runtime makes them, so that the bits are the same.

use std::collections::HashMap;

use prost::Message as _;

use crate::onnx;
use crate::runtime::{INPUT, OUTPUT};

/// Set beside the number of a feature: where it is missing, the split is true.
const MISSING_IS_TRUE: u16 = 1 << 15;
const MOST_DEPTH: usize = 64;

/// A split, or a leaf. What follows a split is the node where it is true.
#[derive(Clone, Copy, Debug, Default)]
struct Node {
    /// The split is true below; the log odds that a leaf adds.
    value: f32,
    /// Whose value is compared, and [`MISSING_IS_TRUE`].
    feature: u16,
    /// How many nodes further on it goes on where the split is false; 0 for a leaf.
    when_false: u16,
}

/// Trees whose leaves add up to log odds.
#[derive(Debug)]
pub struct Forest {
    nodes: Vec<Node>,
    /// Where each tree begins.
    roots: Vec<usize>,
    base: f32,
    /// Features in a row, as far as any split looks.
    width: usize,
}

impl Forest {
    /// Reads an ONNX file; None where it holds anything but such trees.
    #[must_use]
    pub fn read(file: &[u8]) -> Option<Self> {
        let graph = onnx::Model::decode(file).ok()?.graph?;
        let [node] = graph.node.as_slice() else {
            return None;
        };
        let is_ours = node.op_type == "TreeEnsembleClassifier"
            && node.input == [INPUT]
            && node.output.get(1).is_some_and(|name| name == OUTPUT);
        Reader::new(node).filter(|_| is_ours)?.read()
    }

    /// The probability of fraud of each of the rows that follow each other, `width` values each;
    /// None where a row is too short for the trees.
    #[must_use]
    pub fn run(&self, values: &[f32], width: usize) -> Option<Vec<f32>> {
        (width >= self.width).then(|| {
            let rows = values.chunks_exact(width.max(1));
            rows.map(|row| logistic(self.log_odds(row))).collect()
        })
    }

    fn log_odds(&self, row: &[f32]) -> f32 {
        let leaves = self.roots.iter().map(|root| self.leaf(*root, row));
        leaves.fold(0.0, |sum: f32, leaf| sum + leaf) + self.base
    }

    fn leaf(&self, root: usize, row: &[f32]) -> f32 {
        let mut at = root;
        loop {
            let node = self.nodes[at];
            if node.when_false == 0 {
                return node.value;
            }
            let value = row[usize::from(node.feature & !MISSING_IS_TRUE)];
            let missing = value.is_nan() && node.feature & MISSING_IS_TRUE != 0;
            let is_true = value < node.value || missing;
            at += if is_true {
                1
            } else {
                usize::from(node.when_false)
            };
        }
    }
}

/// As ONNX Runtime computes it for trees (`ComputeLogistic`), which is not quite as its `Sigmoid`.
fn logistic(value: f32) -> f32 {
    let positive = 1.0 / (1.0 + (-value.abs()).exp());
    if value < 0.0 {
        1.0 - positive
    } else {
        positive
    }
}

/// The attributes of a `TreeEnsembleClassifier` while they are read.
struct Reader<'file> {
    features: &'file [i64],
    values: &'file [f32],
    modes: &'file [Vec<u8>],
    when_true: &'file [i64],
    when_false: &'file [i64],
    missing_is_true: &'file [i64],
    trees: &'file [i64],
    numbers: &'file [i64],
    base: f32,
    /// Place of a node by its tree and its number there.
    places: HashMap<(i64, i64), usize>,
    /// What a leaf adds, by the same.
    leaves: HashMap<(i64, i64), f32>,
    nodes: Vec<Node>,
}

impl<'file> Reader<'file> {
    /// None where an attribute is missing or of another length, or is none that is known.
    fn new(node: &'file onnx::Node) -> Option<Self> {
        let mut found: HashMap<&str, &onnx::Attribute> = node
            .attribute
            .iter()
            .map(|attribute| (attribute.name.as_str(), attribute))
            .collect();
        let mut take = |name| found.remove(name);
        let trees = &take("nodes_treeids")?.ints;
        let numbers = &take("nodes_nodeids")?.ints;
        let missing = take("nodes_missing_value_tracks_true");
        let bases = take("base_values");
        let (leaf_trees, leaf_numbers) = (take("class_treeids")?, take("class_nodeids")?);
        let (classes, weights) = (take("class_ids")?, take("class_weights")?);
        let labels = take("classlabels_int64s")?;
        take("nodes_hitrates");
        let reader = Self {
            features: &take("nodes_featureids")?.ints,
            values: &take("nodes_values")?.floats,
            modes: &take("nodes_modes")?.strings,
            when_true: &take("nodes_truenodeids")?.ints,
            when_false: &take("nodes_falsenodeids")?.ints,
            missing_is_true: missing.map_or(&[], |each| &each.ints),
            trees,
            numbers,
            base: bases
                .and_then(|each| each.floats.first().copied())
                .unwrap_or(0.0),
            places: by_node(trees, numbers, 0..trees.len())?,
            leaves: by_node(
                &leaf_trees.ints,
                &leaf_numbers.ints,
                weights.floats.iter().copied(),
            )?,
            nodes: Vec::with_capacity(trees.len()),
        };
        let one_class = classes
            .ints
            .iter()
            .all(|class| Some(class) == classes.ints.first());
        let log_odds = take("post_transform")?.s == b"LOGISTIC";
        let one_base = bases.is_none_or(|each| each.floats.len() == 1);
        let known = found.is_empty() && labels.ints == [0, 1] && one_class && log_odds && one_base;
        (known && reader.is_whole()).then_some(reader)
    }

    fn is_whole(&self) -> bool {
        let missing = self.missing_is_true.len();
        let lengths = [
            self.features.len(),
            self.values.len(),
            self.modes.len(),
            self.when_true.len(),
            self.when_false.len(),
        ];
        lengths.iter().all(|length| *length == self.trees.len())
            && (missing == 0 || missing == self.trees.len())
    }

    fn read(mut self) -> Option<Forest> {
        let mut roots = Vec::new();
        for place in 0..self.trees.len() {
            if place == 0 || self.trees[place] != self.trees[place - 1] {
                roots.push(self.nodes.len());
                self.lay_out(place, MOST_DEPTH)?;
            }
        }
        let splits = self.nodes.iter().filter(|node| node.when_false > 0);
        let last = splits.map(|node| node.feature & !MISSING_IS_TRUE).max();
        // Each node was reached once: no tree was in two pieces, none shares a node.
        (self.nodes.len() == self.trees.len()).then(|| Forest {
            nodes: self.nodes,
            roots,
            base: self.base,
            width: last.map_or(0, |feature| usize::from(feature) + 1),
        })
    }

    /// The node at a place of the file and all below it, the true side first.
    fn lay_out(&mut self, place: usize, depth: usize) -> Option<()> {
        let at = self.nodes.len();
        // More nodes than there are, or too deep: the file goes round in a circle.
        let depth = depth.checked_sub(1).filter(|_| at < self.trees.len())?;
        let tree = self.trees[place];
        if self.modes[place] == b"LEAF" {
            let value = *self.leaves.get(&(tree, self.numbers[place]))?;
            self.nodes.push(Node {
                value,
                ..Node::default()
            });
            return Some(());
        }
        let split = self.split(place)?;
        self.nodes.push(split);
        self.lay_out(*self.places.get(&(tree, self.when_true[place]))?, depth)?;
        self.nodes[at].when_false = u16::try_from(self.nodes.len() - at).ok()?;
        self.lay_out(*self.places.get(&(tree, self.when_false[place]))?, depth)
    }

    fn split(&self, place: usize) -> Option<Node> {
        let feature = u16::try_from(self.features[place]).ok()?;
        let missing = self
            .missing_is_true
            .get(place)
            .is_some_and(|each| *each != 0);
        let flag = if missing { MISSING_IS_TRUE } else { 0 };
        let known = self.modes[place] == b"BRANCH_LT" && feature < MISSING_IS_TRUE;
        known.then_some(Node {
            value: self.values[place],
            feature: feature | flag,
            when_false: 0,
        })
    }
}

/// What belongs to each node, by its tree and its number; None where lengths differ or one is
/// told twice.
fn by_node<T>(
    trees: &[i64],
    numbers: &[i64],
    told: impl ExactSizeIterator<Item = T>,
) -> Option<HashMap<(i64, i64), T>> {
    let same = trees.len() == numbers.len() && numbers.len() == told.len();
    let keys = trees.iter().copied().zip(numbers.iter().copied());
    let found: HashMap<_, _> = keys.zip(told).collect();
    (same && found.len() == trees.len()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `value of feature 1 < 2, or missing: 0.5; else of feature 0 < 1: -0.25; else 4`, after a leaf
    /// of 1.
    fn file(change: impl FnOnce(&mut onnx::Node)) -> Vec<u8> {
        let ints = |name: &str, ints: &[i64]| onnx::Attribute {
            name: name.to_owned(),
            ints: ints.to_vec(),
            ..onnx::Attribute::default()
        };
        let floats = |name: &str, floats: &[f32]| onnx::Attribute {
            name: name.to_owned(),
            floats: floats.to_vec(),
            ..onnx::Attribute::default()
        };
        let modes = ["LEAF", "BRANCH_LT", "LEAF", "BRANCH_LT", "LEAF", "LEAF"];
        let mut node = onnx::Node {
            input: vec![INPUT.to_owned()],
            output: vec!["label".to_owned(), OUTPUT.to_owned()],
            op_type: "TreeEnsembleClassifier".to_owned(),
            attribute: vec![
                ints("nodes_treeids", &[0, 1, 1, 1, 1, 1]),
                ints("nodes_nodeids", &[0, 0, 1, 2, 3, 4]),
                ints("nodes_featureids", &[0, 1, 0, 0, 0, 0]),
                floats("nodes_values", &[0.0, 2.0, 0.0, 1.0, 0.0, 0.0]),
                ints("nodes_truenodeids", &[0, 1, 0, 3, 0, 0]),
                ints("nodes_falsenodeids", &[0, 2, 0, 4, 0, 0]),
                ints("nodes_missing_value_tracks_true", &[0, 1, 0, 0, 0, 0]),
                onnx::Attribute {
                    name: "nodes_modes".to_owned(),
                    strings: modes.map(|mode| mode.as_bytes().to_vec()).to_vec(),
                    ..onnx::Attribute::default()
                },
                ints("class_treeids", &[0, 1, 1, 1]),
                ints("class_nodeids", &[0, 1, 3, 4]),
                ints("class_ids", &[0; 4]),
                floats("class_weights", &[1.0, 0.5, -0.25, 4.0]),
                ints("classlabels_int64s", &[0, 1]),
                floats("base_values", &[-3.0]),
                onnx::Attribute {
                    name: "post_transform".to_owned(),
                    s: b"LOGISTIC".to_vec(),
                    ..onnx::Attribute::default()
                },
            ],
        };
        change(&mut node);
        let graph = onnx::Graph { node: vec![node] };
        onnx::Model { graph: Some(graph) }.encode_to_vec()
    }

    type Change = fn(&mut onnx::Node);

    fn edit(node: &mut onnx::Node, name: &str, change: fn(&mut onnx::Attribute)) {
        let named = node.attribute.iter_mut().filter(|each| each.name == name);
        named.for_each(change);
    }

    #[test]
    fn leaves_add_up_to_log_odds() {
        let forest = Forest::read(&file(|_| ()));
        let run = |rows: &[f32], width| forest.as_ref().and_then(|each| each.run(rows, width));
        let rows = [0.0, 1.9, 0.0, f32::NAN, 0.9, 2.0, 1.0, 2.0, f32::NAN, 3.0];
        let sums = [-1.5, -1.5, -2.25, 2.0, 2.0];
        assert_eq!(run(&rows, 2), Some(sums.map(logistic).to_vec()));
        assert_eq!(run(&rows, 1), None, "a split looks at the second feature");
        assert!((logistic(2.0) - 0.880_797).abs() < 1e-6);
    }

    #[test]
    fn what_is_no_such_forest_is_not_read() {
        let broken: [(&str, Change); 9] = [
            ("another operator", |node| {
                node.op_type = "Imputer".to_owned()
            }),
            ("another input", |node| node.input = vec!["row".to_owned()]),
            ("a circle", |node| {
                edit(node, "nodes_truenodeids", |each| {
                    each.ints[3] = 0;
                });
            }),
            ("a child that is not there", |node| {
                edit(node, "nodes_falsenodeids", |each| {
                    each.ints[3] = 9;
                });
            }),
            ("a leaf that adds nothing", |node| {
                edit(node, "class_nodeids", |each| {
                    each.ints[0] = 7;
                });
            }),
            ("a list that is too short", |node| {
                edit(node, "nodes_values", |each| {
                    each.floats.pop();
                });
            }),
            ("a tree in two pieces", |node| {
                edit(node, "nodes_treeids", |each| {
                    each.ints.copy_from_slice(&[1, 0, 0, 0, 0, 1]);
                });
            }),
            ("leaves of two classes", |node| {
                edit(node, "class_ids", |each| {
                    each.ints[2] = 1;
                });
            }),
            ("an attribute of another kind", |node| {
                edit(node, "base_values", |each| {
                    each.name = "base_values_as_tensor".to_owned();
                });
            }),
        ];
        for (what, change) in broken {
            assert!(Forest::read(&file(change)).is_none(), "{what}");
        }
        assert!(Forest::read(b"not a model").is_none());
    }
}
