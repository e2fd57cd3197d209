{{ config(materialized='table', file_format='parquet', partition_by=['half', 'day'], tblproperties={'made.by': 'lake'}) }}
select id, amount, half, day from {{ ref('orders') }}
