{{ config(materialized='incremental', incremental_strategy='insert_overwrite', file_format='parquet', partition_by='half') }}
select id, {% if is_incremental() %}amount * 2{% else %}amount{% endif %} as amount, half from {{ ref('orders') }}
{% if is_incremental() %} where half = 1 {% endif %}
