{#- Arguments of a function with their defaults, as they stand in DDL. -#}
{% macro postgres__formatted_scalar_function_args_sql() %}
  {%- set args = [] -%}
  {%- for arg in model.arguments -%}
    {%- set value = arg.get('default_value', none) -%}
    {%- do args.append(arg.name ~ ' ' ~ arg.data_type ~ (' DEFAULT ' ~ value if value is not none else '')) -%}
  {%- endfor -%}
  {{ args | join(', ') }}
{% endmacro %}
