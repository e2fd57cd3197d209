{#- What happens when the query's columns are no longer those of the table. -#}
{% macro incremental_validate_on_schema_change(on_schema_change, default='ignore') %}
  {% if on_schema_change in ['sync_all_columns', 'append_new_columns', 'fail', 'ignore'] %}
    {% do return(on_schema_change) %}
  {% endif %}
  {% do exceptions.warn("on_schema_change '" ~ on_schema_change ~ "' is not known; '" ~ default ~ "' is used.") %}
  {% do return(default) %}
{% endmacro %}

{% macro check_for_schema_changes(source_relation, target_relation) %}
  {% set incoming = adapter.get_columns_in_relation(source_relation) %}
  {% set present = adapter.get_columns_in_relation(target_relation) %}
  {% set added = adapter.get_missing_columns(source_relation, target_relation) %}
  {% set removed = adapter.get_missing_columns(target_relation, source_relation) %}
  {% set retyped = [] %}
  {% for new in incoming %}
    {% for old in present if old.name == new.name and old.data_type != new.data_type %}
      {% do retyped.append({'column_name': new.name, 'new_type': new.data_type}) %}
    {% endfor %}
  {% endfor %}
  {% do return({
    'schema_changed': (added | length + removed | length + retyped | length) > 0,
    'source_not_in_target': added, 'target_not_in_source': removed,
    'source_columns': incoming, 'target_columns': present, 'new_target_types': retyped
  }) %}
{% endmacro %}

{% macro sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) %}
  {% set added = schema_changes_dict['source_not_in_target'] %}
  {% if on_schema_change == 'append_new_columns' %}
    {% if added %}
      {% do alter_relation_add_remove_columns(target_relation, added, none) %}
    {% endif %}
  {% elif on_schema_change == 'sync_all_columns' %}
    {% set removed = schema_changes_dict['target_not_in_source'] %}
    {% if added or removed %}
      {% do alter_relation_add_remove_columns(target_relation, added, removed) %}
    {% endif %}
    {% for change in schema_changes_dict['new_target_types'] %}
      {% do alter_column_type(target_relation, change['column_name'], change['new_type']) %}
    {% endfor %}
  {% endif %}
{% endmacro %}

{% macro process_schema_changes(on_schema_change, source_relation, target_relation) %}
  {% if on_schema_change == 'ignore' %}
    {% do return({}) %}
  {% endif %}
  {% set changes = check_for_schema_changes(source_relation, target_relation) %}
  {% if changes['schema_changed'] %}
    {% if on_schema_change == 'fail' %}
      {{ exceptions.raise_compiler_error(
        'The columns of the query and of ' ~ target_relation ~ ' differ, and on_schema_change is fail. New: '
        ~ (changes['source_not_in_target'] | map(attribute='name') | join(', ')) ~ '. Gone: '
        ~ (changes['target_not_in_source'] | map(attribute='name') | join(', '))
        ~ '. Run with --full-refresh, or choose another on_schema_change.') }}
    {% endif %}
    {% do sync_column_schemas(on_schema_change, target_relation, changes) %}
  {% endif %}
  {% do return(adapter.get_columns_in_relation(source_relation)) %}
{% endmacro %}
