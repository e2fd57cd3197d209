{#- What happens when the query's columns are no longer those of the table. -#}
{% macro incremental_validate_on_schema_change(on_schema_change, default='ignore') %}
  {% if on_schema_change in ['sync_all_columns', 'append_new_columns', 'fail', 'ignore'] %}
    {% do return(on_schema_change) %}
  {% endif %}
  {% do log('Invalid value for on_schema_change (' ~ on_schema_change ~ ') specified. Setting default value of ' ~ default ~ '.') %}
  {% do return(default) %}
{% endmacro %}

{#- Columns of the first list that the second has not, whatever their types. -#}
{% macro diff_columns(source_columns, target_columns) %}
  {% set known = target_columns | map(attribute='name') | list %}
  {% do return(source_columns | rejectattr('name', 'in', known) | list) %}
{% endmacro %}

{#- Columns that both have under different types, where the old type does not simply grow into the new one. -#}
{% macro diff_column_data_types(source_columns, target_columns) %}
  {{ return(adapter.dispatch('diff_column_data_types', 'dbt')(source_columns, target_columns)) }}
{% endmacro %}
{% macro default__diff_column_data_types(source_columns, target_columns) %}
  {% set changed = [] %}
  {% for new in source_columns %}
    {% for old in target_columns if old.name == new.name %}
      {% if new.expanded_data_type != old.expanded_data_type and not new.can_expand_to(other_column=old) %}
        {% do changed.append({'column_name': old.name, 'new_type': new.expanded_data_type}) %}
      {% endif %}
    {% endfor %}
  {% endfor %}
  {% do return(changed) %}
{% endmacro %}

{% macro check_for_schema_changes(source_relation, target_relation) %}
  {{ return(adapter.dispatch('check_for_schema_changes', 'dbt')(source_relation, target_relation)) }}
{% endmacro %}
{% macro default__check_for_schema_changes(source_relation, target_relation) %}
  {% set incoming = adapter.get_columns_in_relation(source_relation) %}
  {% set present = adapter.get_columns_in_relation(target_relation) %}
  {% set added = diff_columns(incoming, present) %}
  {% set removed = diff_columns(present, incoming) %}
  {% set retyped = diff_column_data_types(incoming, present) %}
  {% set changes = {
    'schema_changed': (added | length + removed | length + retyped | length) > 0,
    'source_not_in_target': added, 'target_not_in_source': removed,
    'source_columns': incoming, 'target_columns': present, 'new_target_types': retyped
  } %}
  {% do log('Columns of ' ~ target_relation ~ ': new ' ~ added ~ ', gone ' ~ removed ~ ', of another type ' ~ retyped) %}
  {% do return(changes) %}
{% endmacro %}

{% macro sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) %}
  {{ return(adapter.dispatch('sync_column_schemas', 'dbt')(on_schema_change, target_relation, schema_changes_dict)) }}
{% endmacro %}
{% macro default__sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) %}
  {% set syncs_all = on_schema_change == 'sync_all_columns' %}
  {% set added = schema_changes_dict['source_not_in_target'] %}
  {% set removed = schema_changes_dict['target_not_in_source'] if syncs_all else [] %}
  {% if added or removed %}
    {% do alter_relation_add_remove_columns(target_relation, added, removed if syncs_all else none) %}
  {% endif %}
  {% for change in schema_changes_dict['new_target_types'] if syncs_all %}
    {% do alter_column_type(target_relation, change['column_name'], change['new_type']) %}
  {% endfor %}
{% endmacro %}

{#- The query's columns, once the table has what on_schema_change lets it have; {} where columns are not looked at. -#}
{% macro process_schema_changes(on_schema_change, source_relation, target_relation) %}
  {{ return(adapter.dispatch('process_schema_changes', 'dbt')(on_schema_change, source_relation, target_relation)) }}
{% endmacro %}
{% macro default__process_schema_changes(on_schema_change, source_relation, target_relation) %}
  {% if on_schema_change == 'ignore' %}
    {% do return({}) %}
  {% endif %}
  {% set changes = check_for_schema_changes(source_relation, target_relation) %}
  {% if not changes['source_columns'] %}
    {#- A query without columns does not exist: what looks so must not empty the table. -#}
    {% set unread = 'Could not read any columns for ' ~ source_relation ~ ", so on_schema_change='" ~ on_schema_change ~ "' cannot be followed for " ~ target_relation ~ '.' %}
    {% if on_schema_change != 'append_new_columns' %}
      {% do exceptions.raise_compiler_error(unread ~ " Use on_schema_change='ignore', or run with --full-refresh.") %}
    {% endif %}
    {% do exceptions.warn(unread ~ ' Columns that are new stay missing in this run.') %}
  {% endif %}
  {% if changes['schema_changed'] and on_schema_change == 'fail' %}
    {% do exceptions.raise_compiler_error(
      'The source and target schemas on this incremental model are out of sync!\n'
      ~ 'Set on_schema_change to append_new_columns or sync_all_columns, run with --full-refresh, or change ' ~ target_relation ~ ' by hand.\n'
      ~ 'Source columns not in target: ' ~ changes['source_not_in_target'] ~ '\n'
      ~ 'Target columns not in source: ' ~ changes['target_not_in_source'] ~ '\n'
      ~ 'New column types: ' ~ changes['new_target_types']) %}
  {% elif changes['schema_changed'] %}
    {% do sync_column_schemas(on_schema_change, target_relation, changes) %}
  {% endif %}
  {% do return(changes['source_columns']) %}
{% endmacro %}
