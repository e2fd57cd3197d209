{#- DuckDB's functions are macros: no types of arguments, no volatility, and a body that is an expression. -#}
{% macro duckdb__scalar_function_sql(target_relation) %}
  {%- set args = [] -%}
  {%- for arg in model.arguments -%}
    {%- set value = arg.get('default_value', none) -%}
    {%- do args.append(arg.name ~ (' := ' ~ value if value is not none else '')) -%}
  {%- endfor -%}
  create or replace function {{ target_relation.render() }} ({{ args | join(', ') }}) as
  cast((
    {{ model.compiled_code }}
  ) as {{ model.returns.data_type }});
{% endmacro %}
