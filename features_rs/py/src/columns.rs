//! Record batches of payments and labels, a row at a time.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType,
};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BooleanArray, PrimitiveArray, RecordBatch, StringArray,
};
use arrow_cast::cast;
use arrow_schema::{DataType, TimeUnit};
use fraud_features::{Event, Label};
use pyo3::PyResult;

use crate::errors::InvalidEventError;
use crate::event::{CONTRADICTION, verdict};

/// The columns of a batch of payments.
pub struct EventColumns {
    transaction_id: StringArray,
    account_id: StringArray,
    merchant_id: StringArray,
    category: StringArray,
    amount_minor: PrimitiveArray<Int64Type>,
    currency: StringArray,
    event_time: PrimitiveArray<TimestampMicrosecondType>,
    channel: Option<PrimitiveArray<Int32Type>>,
    latitude: Option<PrimitiveArray<Float64Type>>,
    longitude: Option<PrimitiveArray<Float64Type>>,
    device_id: Option<StringArray>,
    utc_offset_minutes: Option<PrimitiveArray<Int32Type>>,
}

impl EventColumns {
    /// Finds the columns and brings them to the kernel's types.
    pub fn new(batch: &RecordBatch) -> PyResult<Self> {
        Ok(Self {
            transaction_id: text(batch, "transaction_id")?,
            account_id: text(batch, "account_id")?,
            merchant_id: text(batch, "merchant_id")?,
            category: text(batch, "category")?,
            amount_minor: required(number(batch, "amount_minor")?, "amount_minor")?,
            currency: text(batch, "currency")?,
            event_time: required(times(batch, "event_time")?, "event_time")?,
            channel: number(batch, "channel")?,
            latitude: number(batch, "latitude")?,
            longitude: number(batch, "longitude")?,
            device_id: optional_text(batch, "device_id")?,
            utc_offset_minutes: number(batch, "utc_offset_minutes")?,
        })
    }

    /// Rows in the batch.
    pub fn len(&self) -> usize {
        self.transaction_id.len()
    }

    /// The event time of a row.
    pub fn time(&self, row: usize) -> i64 {
        self.event_time.value(row)
    }

    /// The payment of a row.
    pub fn event(&self, row: usize) -> Event<'_> {
        Event {
            transaction_id: self.transaction_id.value(row),
            account_id: self.account_id.value(row),
            merchant_id: self.merchant_id.value(row),
            category: self.category.value(row),
            amount_minor: self.amount_minor.value(row),
            currency: self.currency.value(row),
            event_time: self.event_time.value(row),
            channel: value(self.channel.as_ref(), row).unwrap_or(0),
            latitude: value(self.latitude.as_ref(), row),
            longitude: value(self.longitude.as_ref(), row),
            device_id: self
                .device_id
                .as_ref()
                .filter(|ids| ids.is_valid(row))
                .map(|ids| ids.value(row)),
            utc_offset_minutes: value(self.utc_offset_minutes.as_ref(), row),
        }
    }
}

/// The columns of a batch of labels.
pub struct LabelColumns {
    transaction_id: StringArray,
    merchant_id: StringArray,
    category: StringArray,
    amount_minor: PrimitiveArray<Int64Type>,
    currency: StringArray,
    event_time: PrimitiveArray<TimestampMicrosecondType>,
    known_at: PrimitiveArray<TimestampMicrosecondType>,
    fraud: BooleanArray,
    withdraws: Option<BooleanArray>,
    ratio_to_usual: Option<PrimitiveArray<Float32Type>>,
}

impl LabelColumns {
    /// Finds the columns and brings them to the kernel's types.
    pub fn new(batch: &RecordBatch) -> PyResult<Self> {
        Ok(Self {
            transaction_id: text(batch, "transaction_id")?,
            merchant_id: text(batch, "merchant_id")?,
            category: text(batch, "category")?,
            amount_minor: required(number(batch, "amount_minor")?, "amount_minor")?,
            currency: text(batch, "currency")?,
            event_time: required(times(batch, "event_time")?, "event_time")?,
            known_at: required(times(batch, "known_at")?, "known_at")?,
            fraud: required(truth(batch, "fraud")?, "fraud")?,
            withdraws: truth(batch, "withdraws")?,
            ratio_to_usual: number(batch, "ratio_to_usual")?,
        })
    }

    /// Rows in the batch.
    pub fn len(&self) -> usize {
        self.transaction_id.len()
    }

    /// The known-at time of a row.
    pub fn known_at(&self, row: usize) -> i64 {
        self.known_at.value(row)
    }

    /// The label of a row, or why there is none.
    pub fn label(&self, row: usize) -> Result<Label<'_>, &'static str> {
        let withdraws = self
            .withdraws
            .as_ref()
            .is_some_and(|column| column.is_valid(row) && column.value(row));
        let verdict = verdict(self.fraud.value(row), withdraws).ok_or(CONTRADICTION)?;
        Ok(Label {
            transaction_id: self.transaction_id.value(row),
            merchant_id: self.merchant_id.value(row),
            category: self.category.value(row),
            amount_minor: self.amount_minor.value(row),
            currency: self.currency.value(row),
            ratio_to_usual: value(self.ratio_to_usual.as_ref(), row),
            event_time: self.event_time.value(row),
            known_at: self.known_at.value(row),
            verdict,
        })
    }
}

fn value<T: ArrowPrimitiveType>(
    column: Option<&PrimitiveArray<T>>,
    row: usize,
) -> Option<T::Native> {
    column
        .filter(|column| column.is_valid(row))
        .map(|column| column.value(row))
}

fn column(batch: &RecordBatch, name: &'static str, to: &DataType) -> PyResult<Option<ArrayRef>> {
    let Some(column) = batch.column_by_name(name) else {
        return Ok(None);
    };
    let converted = cast(column, to).map_err(|error| {
        InvalidEventError::new_err(format!(
            "column {name}: `{}` cannot be read as {to}: {error}",
            column.data_type()
        ))
    });
    converted.map(Some)
}

/// The column, which must be there and without nulls.
fn required<T: Array>(column: Option<T>, name: &'static str) -> PyResult<T> {
    let column =
        column.ok_or_else(|| InvalidEventError::new_err(format!("column {name} is missing")))?;
    match (0..column.len()).find(|&row| column.null_count() > 0 && column.is_null(row)) {
        Some(row) => Err(InvalidEventError::new_err(format!(
            "row {row}: {name} is null"
        ))),
        None => Ok(column),
    }
}

fn optional_text(batch: &RecordBatch, name: &'static str) -> PyResult<Option<StringArray>> {
    Ok(column(batch, name, &DataType::Utf8)?.map(|column| column.as_string().clone()))
}

fn text(batch: &RecordBatch, name: &'static str) -> PyResult<StringArray> {
    required(optional_text(batch, name)?, name)
}

fn number<T: ArrowPrimitiveType>(
    batch: &RecordBatch,
    name: &'static str,
) -> PyResult<Option<PrimitiveArray<T>>> {
    Ok(column(batch, name, &T::DATA_TYPE)?.map(|column| column.as_primitive().clone()))
}

fn times(
    batch: &RecordBatch,
    name: &'static str,
) -> PyResult<Option<PrimitiveArray<TimestampMicrosecondType>>> {
    let microseconds = DataType::Timestamp(TimeUnit::Microsecond, None);
    Ok(column(batch, name, &microseconds)?.map(|column| column.as_primitive().clone()))
}

fn truth(batch: &RecordBatch, name: &'static str) -> PyResult<Option<BooleanArray>> {
    Ok(column(batch, name, &DataType::Boolean)?.map(|column| column.as_boolean().clone()))
}
