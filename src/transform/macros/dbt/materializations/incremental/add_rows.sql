{#- Brings the rows of a table that a run just made into the one that stays, in the way of a strategy. -#}
{% macro add_incremental_rows(strategy_macro, goal, temp, existing, on_schema_change) %}
  {% if not config.get('contract').enforced %}
    {% do adapter.expand_target_column_types(from_relation=temp, to_relation=goal) %}
  {% endif %}
  {% set dest_columns = process_schema_changes(on_schema_change, temp, existing) %}
  {% if not dest_columns %}
    {% set dest_columns = adapter.get_columns_in_relation(existing) %}
  {% endif %}
  {% call statement('main') %}
    {{ strategy_macro({
      'target_relation': goal,
      'temp_relation': temp,
      'unique_key': config.get('unique_key'),
      'dest_columns': dest_columns,
      'incremental_predicates': config.get('predicates', none) or config.get('incremental_predicates', none),
    }) }}
  {% endcall %}
{% endmacro %}
