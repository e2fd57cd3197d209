{#- The names of the columns that a snapshot adds. -#}
{% macro get_snapshot_table_column_names() %}
  {{ return({
    'dbt_valid_from': 'dbt_valid_from',
    'dbt_valid_to': 'dbt_valid_to',
    'dbt_scd_id': 'dbt_scd_id',
    'dbt_updated_at': 'dbt_updated_at',
    'dbt_is_deleted': 'dbt_is_deleted',
  }) }}
{% endmacro %}

{#- The same with the names that the node's `snapshot_meta_column_names` chooses. -#}
{% macro snapshot_meta_columns() %}
  {% set names = get_snapshot_table_column_names() %}
  {% for key, name in (config.get('snapshot_meta_column_names') or {}).items() if name %}
    {% do names.update({key: name}) %}
  {% endfor %}
  {{ return(names) }}
{% endmacro %}

{#- Columns of a key under names that no source has: dbt_unique_key, or dbt_unique_key_1 … for a list. -#}
{% macro unique_key_fields(unique_key) %}
  {%- if unique_key is string -%}
    {{ unique_key }} as dbt_unique_key
  {%- else -%}
    {%- for key in unique_key -%}
      {{ key }} as dbt_unique_key_{{ loop.index }}{{ ', ' if not loop.last }}
    {%- endfor -%}
  {%- endif -%}
{% endmacro %}

{% macro unique_key_join_on(unique_key, identifier, from_identifier) %}
  {%- if unique_key is string -%}
    {{ identifier }}.dbt_unique_key = {{ from_identifier }}.dbt_unique_key
  {%- else -%}
    {%- for key in unique_key -%}
      {{ identifier }}.dbt_unique_key_{{ loop.index }} = {{ from_identifier }}.dbt_unique_key_{{ loop.index }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
  {%- endif -%}
{% endmacro %}

{% macro unique_key_is_null(unique_key, identifier) %}
  {{- identifier }}.dbt_unique_key{{ '' if unique_key is string else '_1' }} is null
{%- endmacro %}

{% macro unique_key_is_not_null(unique_key, identifier) %}
  {{- identifier }}.dbt_unique_key{{ '' if unique_key is string else '_1' }} is not null
{%- endmacro %}

{#- What stands in dbt_valid_to of rows that hold: null, or the configured value. -#}
{% macro get_dbt_valid_to_current(strategy, columns) %}
  {%- set current = config.get('dbt_valid_to_current') -%}
  {%- if current -%}
    coalesce(nullif({{ strategy.updated_at }}, {{ strategy.updated_at }}), {{ current }}) as {{ columns.dbt_valid_to }}
  {%- else -%}
    nullif({{ strategy.updated_at }}, {{ strategy.updated_at }}) as {{ columns.dbt_valid_to }}
  {%- endif -%}
{% endmacro %}

{% macro get_true_sql() %}
  {{ adapter.dispatch('get_true_sql', 'dbt')() }}
{% endmacro %}
{% macro default__get_true_sql() %}
  {{ return('TRUE') }}
{% endmacro %}

{#- The type of a snapshot's times, in the query that it is built from. -#}
{% macro get_updated_at_column_data_type(snapshot_sql) %}
  {% set wanted = snapshot_meta_columns().dbt_updated_at | lower %}
  {% for column in get_column_schema_from_query(snapshot_sql) if column.column | lower == wanted %}
    {% do return(column.dtype) %}
  {% endfor %}
  {% do return(none) %}
{% endmacro %}

{#- Warns where the times of a snapshot and those of its source are of two types: comparing them may surprise. -#}
{% macro check_time_data_types(sql) %}
  {% if config.get('updated_at') %}
    {% set own = get_snapshot_get_time_data_type() %}
    {% set source = get_updated_at_column_data_type(sql) %}
    {% if source is not none and source != own %}
      {% do exceptions.warn_snapshot_timestamp_data_types(own, source) %}
    {% endif %}
  {% endif %}
{% endmacro %}
