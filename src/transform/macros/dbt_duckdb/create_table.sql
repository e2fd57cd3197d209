{% macro create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
  {{ return(adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code, language, partitioned_by=partitioned_by, sorted_by=sorted_by)) }}
{%- endmacro %}

{#-
  DuckDB takes no column list before `as`: a table with a contract is made empty and then filled. So is one of a DuckLake
  that has a layout, since only rows that come later follow it.
-#}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
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
  {{- ducklake_alter_layout(name, partitioned_by, sorted_by) }}
  insert into {{ name }} ({{ adapter.dispatch('get_column_names', 'dbt')() }})
  (
    {{ get_select_subquery(compiled_code) }}
  );
  {%- elif partitioned_by or sorted_by %}
  create table {{ name }} as (
    select * from (
      {{ compiled_code }}
    ) as model_subq limit 0
  );
  {{- ducklake_alter_layout(name, partitioned_by, sorted_by) }}
  insert into {{ name }}
  select * from (
    {{ compiled_code }}
  ) as model_subq;
  {%- else %}
  create {{ 'temporary ' if temporary }}table {{ name }} as (
    {{ compiled_code }}
  );
  {%- endif %}
{%- endmacro %}

{#- The end of a Python model's script. Nothing here runs one; templates may still print it. -#}
{% macro py_write_table(temporary, relation, compiled_code, partitioned_by=none, sorted_by=none) -%}
{%- set rows = '__dbt_python_model_df_' ~ relation.identifier -%}
{{ compiled_code }}

def materialize(df, con):
    con.register('{{ rows }}', df)
    con.execute('''
      create table {{ relation }} as select * from "{{ rows }}" limit 0;
      {{- ducklake_alter_layout(relation, partitioned_by, sorted_by) }}
      insert into {{ relation }} select * from "{{ rows }}"
    ''')
    con.unregister('{{ rows }}')
{% endmacro %}
