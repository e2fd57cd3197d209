{#- Snowflake names the language before the body. -#}
{% macro snowflake__scalar_function_body_sql() %}
  $$
    {{ model.compiled_code }}
  $$
{% endmacro %}

{% macro snowflake__scalar_function_volatility_sql() %}
  {%- set wanted = model.config.get('volatility') -%}
  {%- if wanted == 'deterministic' -%} immutable
  {%- elif wanted == 'non-deterministic' -%} volatile
  {%- elif wanted is not none -%}
    {%- do unsupported_volatility_warning(wanted) -%}
  {%- endif -%}
{% endmacro %}
