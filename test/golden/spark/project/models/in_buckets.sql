{{ config(materialized='table', file_format='orc', clustered_by='id', buckets=2, options={'compression': 'zlib'}) }}
select id, note from {{ ref('orders') }}
