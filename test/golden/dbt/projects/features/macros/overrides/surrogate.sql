{% macro default__surrogate(columns) -%}
  md5(concat_ws('|', {{ columns | join(', ') }}))
{%- endmacro %}
