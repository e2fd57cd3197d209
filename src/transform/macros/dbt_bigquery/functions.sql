{% macro bigquery__scalar_function_body_sql() %}
  (
    {{ model.compiled_code }}
  )
{% endmacro %}

{% macro bigquery__scalar_function_volatility_sql() %}
  {% set wanted = model.config.get('volatility') %}
  {% if wanted is not none %}
    {% do unsupported_volatility_warning(wanted) %}
  {% endif %}
{% endmacro %}

{% macro bigquery__aggregate_function_sql(target_relation) %}
  {{ get_aggregate_function_create_replace_signature(target_relation) }}
  {{ scalar_function_body_sql() }}
{% endmacro %}

{% macro bigquery__aggregate_function_javascript(target_relation) %}
  {{ get_aggregate_function_create_replace_signature(target_relation) }}
  {{ bigquery__get_function_body() }}
{% endmacro %}

{% macro bigquery__get_function_body() %}
    r'''
{{ model.compiled_code }}
    '''
{% endmacro %}

{% macro bigquery__scalar_function_volatility_javascript() %}
  {% set wanted = model.config.get('volatility') %}
  {% set words = {'deterministic': 'DETERMINISTIC', 'non-deterministic': 'NOT DETERMINISTIC'} %}
  {% if wanted is not none and wanted not in words %}
    {% do unsupported_volatility_warning(wanted) %}
  {% endif %}
  {{ words.get(wanted, '') }}
{% endmacro %}

{% macro bigquery__scalar_function_javascript(target_relation) %}
  CREATE OR REPLACE FUNCTION {{ target_relation.render() }} ({{ formatted_scalar_function_args_sql() | trim }})
  returns {{ model.returns.data_type }}
  {{ scalar_function_volatility_javascript() | trim }}
  language js
  as
  {{ bigquery__get_function_body() }}
{% endmacro %}

{% macro bigquery__scalar_function_python(target_relation) %}
  CREATE OR REPLACE FUNCTION {{ target_relation.render() }} ({{ formatted_scalar_function_args_sql() | trim }})
  returns {{ model.returns.data_type }}
  language python
  options(
    runtime_version = "python-{{ model.config.get('runtime_version') }}",
    entry_point = "{{ model.config.get('entry_point') }}"
    {%- if model.config.get('packages') %}, packages = ['{{ model.config.get('packages') | join("', '") }}']{% endif %}
  )
  as
  {{ bigquery__get_function_body() }}
{% endmacro %}
