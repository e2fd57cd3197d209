{{ config(materialized='table') }}
select id, amount, day, at, note, id % 2 as half from {{ ref('typed') }}
