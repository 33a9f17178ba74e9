export {
  mergeParquet,
  type ParquetColumns,
  parquetFormat,
  sqlText,
  withDuck,
  writeParquet,
} from './duck-parquet.ts';
