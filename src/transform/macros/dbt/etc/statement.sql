{#- Runs the SQL in the call block; `load_result(name)` then gives response, data and table. -#}
{%- macro statement(name=None, fetch_result=False, auto_begin=True, language='sql') -%}
  {%- if execute -%}
    {%- set code = caller() -%}
    {%- if language != 'sql' -%}
      {%- do exceptions.raise_compiler_error("statement(): language '" ~ language ~ "' cannot run here; only sql can") -%}
    {%- endif -%}
    {%- if name == 'main' -%}
      {%- do write(code) -%}
    {%- endif -%}
    {%- set response, rows = adapter.execute(code, auto_begin=auto_begin, fetch=fetch_result) -%}
    {%- if name is not none -%}
      {%- do store_result(name, response=response, agate_table=rows) -%}
    {%- endif -%}
  {%- endif -%}
{%- endmacro %}

{#- For materializations that had nothing to run: records a result without asking the warehouse. -#}
{% macro noop_statement(name=None, message=None, code=None, rows_affected=None, res=None) -%}
  {%- set text = caller() -%}
  {%- if name == 'main' -%}
    {%- do write(text) -%}
  {%- endif -%}
  {%- if name is not none -%}
    {%- do store_raw_result(name, message=message, code=code, rows_affected=rows_affected, agate_table=res) -%}
  {%- endif -%}
{%- endmacro %}

{#- Runs a query while rendering and returns its rows as a table. -#}
{% macro run_query(sql) %}
  {% call statement('run_query_statement', fetch_result=True, auto_begin=False) %}
    {{- sql -}}
  {% endcall %}
  {% do return(load_result('run_query_statement').table) %}
{% endmacro %}
