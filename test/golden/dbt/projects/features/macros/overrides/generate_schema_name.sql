{% macro generate_schema_name(custom_schema_name=none, node=none) -%}
  {%- if custom_schema_name is none -%}
    {{ target.schema }}
  {%- else -%}
    {{ target.schema }}__{{ custom_schema_name | trim }}
  {%- endif -%}
{%- endmacro %}
