{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at', batch_size='year', begin='2024-01-01',
  partition_by='year', file_format='parquet') }}
select id, at, year(at) as year from {{ ref('orders') }} where at is not null
