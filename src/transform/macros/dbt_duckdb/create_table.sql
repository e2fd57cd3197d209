{#- DuckDB takes no column list before `as`: a table with a contract is made empty and then filled. -#}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql') -%}
  {%- if language != 'sql' -%}
    {%- do exceptions.raise_compiler_error("Models in '" ~ language ~ "' cannot run here; only sql can.") -%}
  {%- endif -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- set has_contract = config.get('contract').enforced and not temporary -%}
  {%- set name = relation.include(database=(not temporary), schema=(not temporary)) -%}
  {{ header if header is not none }}
  {%- if has_contract %}
  {{- get_assert_columns_equivalent(compiled_code) }}
  create table {{ name }} {{ get_table_columns_and_constraints() }};
  insert into {{ name }} ({{ adapter.dispatch('get_column_names', 'dbt')() }})
  (
    {{ get_select_subquery(compiled_code) }}
  );
  {%- else %}
  create {{ 'temporary ' if temporary }}table {{ name }} as (
    {{ compiled_code }}
  );
  {%- endif %}
{%- endmacro %}
