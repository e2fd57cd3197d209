{% macro surrogate(columns) %}
  {{ return(adapter.dispatch('surrogate', 'toolbox')(columns)) }}
{% endmacro %}

{% macro default__surrogate(columns) -%}
  md5(concat({{ columns | join(', ') }}))
{%- endmacro %}

{% macro local_only() -%}
  {{ helper() }}
{%- endmacro %}

{% macro helper() -%} 'toolbox' {%- endmacro %}
