{#- What stands between the name of a table and its query; a project may write each clause anew. -#}
{% macro file_format_clause() %}
  {{ return(adapter.dispatch('file_format_clause', 'dbt')()) }}
{%- endmacro %}
{% macro spark__file_format_clause() %}
  {%- set format = config.get('file_format') -%}
  {%- if format is not none %}
  using {{ format }}
  {%- endif %}
{%- endmacro %}

{% macro location_clause() %}
  {{ return(adapter.dispatch('location_clause', 'dbt')()) }}
{%- endmacro %}
{% macro spark__location_clause() %}
  {%- set root = config.get('location_root') -%}
  {%- if root is not none %}
  location {{ adapter.quote_literal(root ~ '/' ~ model['alias']) }}
  {%- endif %}
{%- endmacro %}

{#- Hudi finds its rows by a key, which is the one that the model has. -#}
{% macro options_clause() %}
  {{ return(adapter.dispatch('options_clause', 'dbt')()) }}
{%- endmacro %}
{% macro spark__options_clause() %}
  {%- set wanted = {} -%}
  {%- do wanted.update(config.get('options') or {}) -%}
  {%- set key = config.get('unique_key') -%}
  {%- if config.get('file_format') == 'hudi' -%}
    {%- if 'primaryKey' in wanted and wanted['primaryKey'] != key -%}
      {%- do exceptions.raise_compiler_error("unique_key and options('primaryKey') should be the same column(s).") -%}
    {%- elif key is not none -%}
      {%- do wanted.update({'primaryKey': key}) -%}
    {%- endif -%}
  {%- endif -%}
  {%- if wanted %}
  options (
    {%- for name, value in wanted.items() -%}
      {{ name }} "{{ value }}"{{ ', ' if not loop.last }}
    {%- endfor -%}
  )
  {%- endif %}
{%- endmacro %}

{% macro tblproperties_clause() %}
  {{ return(adapter.dispatch('tblproperties_clause', 'dbt')()) }}
{%- endmacro %}
{% macro spark__tblproperties_clause() %}
  {%- set wanted = config.get('tblproperties') -%}
  {%- if wanted is not none %}
  tblproperties (
    {%- for name, value in wanted.items() -%}
      '{{ name }}' = '{{ value }}'{{ ', ' if not loop.last }}
    {%- endfor -%}
  )
  {%- endif %}
{%- endmacro %}

{% macro comment_clause() %}
  {{ return(adapter.dispatch('comment_clause', 'dbt')()) }}
{%- endmacro %}
{% macro spark__comment_clause() %}
  {%- set wanted = config.get('persist_docs', {}) -%}
  {%- if wanted and wanted is not mapping -%}
    {%- do exceptions.raise_compiler_error("Invalid value provided for 'persist_docs'. Expected dict but got value: " ~ wanted) -%}
  {%- elif wanted and wanted.get('relation', false) %}
  comment {{ adapter.quote_literal(model.description) }}
  {%- endif %}
{%- endmacro %}

{% macro partition_cols(label, required=false) %}
  {{ return(adapter.dispatch('partition_cols', 'dbt')(label, required)) }}
{%- endmacro %}
{% macro spark__partition_cols(label, required=false) %}
  {%- set columns = config.get('partition_by') -%}
  {%- if columns is not none %}
  {{ label }} ({{ columns if columns is string else columns | join(',') }})
  {%- endif %}
{%- endmacro %}

{% macro clustered_cols(label, required=false) %}
  {{ return(adapter.dispatch('clustered_cols', 'dbt')(label, required)) }}
{%- endmacro %}
{% macro spark__clustered_cols(label, required=false) %}
  {%- set columns = config.get('clustered_by') -%}
  {%- set buckets = config.get('buckets') -%}
  {%- if columns is not none and buckets is not none %}
  {{ label }} ({{ columns if columns is string else columns | join(',') }}) into {{ buckets }} buckets
  {%- endif %}
{%- endmacro %}

{% macro fetch_tbl_properties(relation) -%}
  {% do return(run_query('show tblproperties ' ~ relation)) %}
{%- endmacro %}
