export { mergeParquet, type ParquetColumns, writeParquet } from './duck-parquet.ts';
