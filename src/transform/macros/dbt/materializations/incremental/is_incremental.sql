{#- True in a run that adds to a table that is already there. -#}
{% macro is_incremental() %}
  {% if not execute %}
    {{ return(False) }}
  {% endif %}
  {% set existing = load_cached_relation(this) %}
  {{ return(existing is not none and existing.is_table and config.get('materialized') == 'incremental' and not should_full_refresh()) }}
{% endmacro %}
