{#- A function that gives one value for its arguments, in SQL. -#}
{% macro scalar_function_sql(target_relation) %}
  {{ return(adapter.dispatch('scalar_function_sql', 'dbt')(target_relation)) }}
{% endmacro %}
{% macro default__scalar_function_sql(target_relation) %}
  {{ scalar_function_create_replace_signature_sql(target_relation) }}
  {{ scalar_function_body_sql() }};
{% endmacro %}

{% macro scalar_function_create_replace_signature_sql(target_relation) %}
  {{ return(adapter.dispatch('scalar_function_create_replace_signature_sql', 'dbt')(target_relation)) }}
{% endmacro %}
{% macro default__scalar_function_create_replace_signature_sql(target_relation) %}
  {#- In capitals, as dbt writes it: logs are searched for it. -#}
  CREATE OR REPLACE FUNCTION {{ target_relation.render() }} ({{ formatted_scalar_function_args_sql() | trim }})
  returns {{ model.returns.data_type }}
  {{ scalar_function_volatility_sql() | trim }}
  as
{% endmacro %}

{% macro formatted_scalar_function_args_sql() %}
  {{ return(adapter.dispatch('formatted_scalar_function_args_sql', 'dbt')()) }}
{% endmacro %}
{% macro default__formatted_scalar_function_args_sql() %}
  {%- set args = [] -%}
  {%- for arg in model.arguments -%}
    {%- do args.append(arg.name ~ ' ' ~ arg.data_type) -%}
  {%- endfor -%}
  {{ args | join(', ') }}
{% endmacro %}

{% macro scalar_function_body_sql() %}
  {{ return(adapter.dispatch('scalar_function_body_sql', 'dbt')()) }}
{% endmacro %}
{% macro default__scalar_function_body_sql() %}
  $$
    {{ model.compiled_code }}
  $$ language sql
{% endmacro %}

{#- Whether the same arguments always give the same value; what the project does not say is left to the database. -#}
{% macro scalar_function_volatility_sql() %}
  {{ return(adapter.dispatch('scalar_function_volatility_sql', 'dbt')()) }}
{% endmacro %}
{% macro default__scalar_function_volatility_sql() %}
  {%- set wanted = model.config.get('volatility') -%}
  {%- set words = {'deterministic': 'IMMUTABLE', 'stable': 'STABLE', 'non-deterministic': 'VOLATILE'} -%}
  {%- if wanted is not none and wanted not in words -%}
    {%- do unsupported_volatility_warning(wanted) -%}
  {%- endif -%}
  {{ words.get(wanted, '') }}
{% endmacro %}

{% macro unsupported_volatility_warning(volatility) %}
  {{ return(adapter.dispatch('unsupported_volatility_warning', 'dbt')(volatility)) }}
{% endmacro %}
{% macro default__unsupported_volatility_warning(volatility) %}
  {% do exceptions.warn('Found `' ~ volatility ~ '` volatility specified on function `' ~ model.name ~ '`. This volatility is not supported by ' ~ adapter.type() ~ ', and will be ignored') %}
{% endmacro %}

{#- Functions in JavaScript: an engine that has them writes these. -#}
{% macro formatted_scalar_function_args_javascript() %}
  {{ return(adapter.dispatch('formatted_scalar_function_args_javascript', 'dbt')()) }}
{% endmacro %}
{% macro default__formatted_scalar_function_args_javascript() %}
  {% do exceptions.raise_compiler_error('formatted_scalar_function_args_javascript is not written for the adapter ' ~ adapter.type()) %}
{% endmacro %}

{% macro scalar_function_volatility_javascript() %}
  {{ return(adapter.dispatch('scalar_function_volatility_javascript', 'dbt')()) }}
{% endmacro %}
{% macro default__scalar_function_volatility_javascript() %}
  {% if model.config.get('volatility') is not none %}
    {% do exceptions.warn('Volatility is not supported by ' ~ adapter.type() ~ ' in javascript UDF and will be ignored') %}
  {% endif %}
{% endmacro %}
