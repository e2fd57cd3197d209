{{ config(materialized='incremental', on_schema_change='append_new_columns') }}
select id, amount {% if is_incremental() %}, 'later' as stage{% endif %} from {{ ref('orders') }}
{% if is_incremental() %} where id > (select max(id) - 1 from {{ this }}) {% endif %}
