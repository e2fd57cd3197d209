{{ config(materialized='table', file_format='parquet') }}
select cast(id as bigint) as id, cast(note as string) as note from {{ ref('orders') }} where id in (select id from {{ ref('small') }})
