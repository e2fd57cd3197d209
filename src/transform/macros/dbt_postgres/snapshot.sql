{#- In two statements, since PostgreSQL before 15 has no MERGE. -#}
{% macro postgres__snapshot_merge_sql(target, source, insert_cols) -%}
  {%- set names = snapshot_meta_columns() -%}
  {%- set current = config.get('dbt_valid_to_current') -%}
  {%- set columns = insert_cols | join(', ') -%}
  update {{ target }} as DBT_INTERNAL_DEST
  set {{ names.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ names.dbt_valid_to }}
  from {{ source }} as DBT_INTERNAL_SOURCE
  where DBT_INTERNAL_SOURCE.{{ names.dbt_scd_id }}::text = DBT_INTERNAL_DEST.{{ names.dbt_scd_id }}::text
    and DBT_INTERNAL_SOURCE.dbt_change_type::text in ('update', 'delete')
    and (
      DBT_INTERNAL_DEST.{{ names.dbt_valid_to }} is null
      {%- if current %} or DBT_INTERNAL_DEST.{{ names.dbt_valid_to }} = {{ current }}{% endif %}
    );

  insert into {{ target }} ({{ columns }})
  select {{ columns }}
  from {{ source }}
  where dbt_change_type::text = 'insert';
{%- endmacro %}

{% macro postgres__current_timestamp() -%}
  now()
{%- endmacro %}

{% macro postgres__snapshot_string_as_time(timestamp) -%}
  {{ return("'" ~ timestamp ~ "'::timestamp without time zone") }}
{%- endmacro %}

{% macro postgres__snapshot_get_time() -%}
  {{ current_timestamp() }}::timestamp without time zone
{%- endmacro %}

{% macro postgres__current_timestamp_backcompat() %}
  current_timestamp::{{ type_timestamp() }}
{% endmacro %}

{% macro postgres__current_timestamp_in_utc_backcompat() %}
  (current_timestamp at time zone 'utc')::{{ type_timestamp() }}
{% endmacro %}
