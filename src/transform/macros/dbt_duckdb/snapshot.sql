{% macro duckdb__snapshot_string_as_time(timestamp) -%}
  {{ return("'" ~ timestamp ~ "'::timestamp") }}
{%- endmacro %}

{#- Two plain statements are faster than a MERGE, and DuckDB before 1.4 has none. -#}
{% macro duckdb__snapshot_merge_sql(target, source, insert_cols) -%}
  {%- set names = snapshot_meta_columns() -%}
  {%- set current = config.get('dbt_valid_to_current') -%}
  update {{ target }} as kept
  set {{ names.dbt_valid_to }} = changes.{{ names.dbt_valid_to }}
  from {{ source }} as changes
  where changes.{{ names.dbt_scd_id }}::text = kept.{{ names.dbt_scd_id }}::text
    and changes.dbt_change_type in ('update', 'delete')
    and (kept.{{ names.dbt_valid_to }} is null{% if current %} or kept.{{ names.dbt_valid_to }} = {{ current }}{% endif %});

  insert into {{ target }} ({{ insert_cols | join(', ') }})
  select {{ insert_cols | join(', ') }}
  from {{ source }}
  where dbt_change_type = 'insert';
{%- endmacro %}

{% macro duckdb__post_snapshot(staging_relation) %}
  {% do adapter.drop_relation(staging_relation) %}
{% endmacro %}
