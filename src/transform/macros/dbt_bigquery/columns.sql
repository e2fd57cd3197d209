{% macro bigquery__alter_relation_add_columns(relation, add_columns) %}
  {% set changes = [] %}
  {% for column in add_columns %}
    {% do changes.append('add column ' ~ column.name ~ ' ' ~ column.data_type) %}
  {% endfor %}
  {{ return(run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' ' ~ (changes | join(', ')))) }}
{% endmacro %}

{% macro bigquery__alter_relation_drop_columns(relation, drop_columns) %}
  {% set changes = [] %}
  {% for column in drop_columns %}
    {% do changes.append('drop column ' ~ column.name) %}
  {% endfor %}
  {{ return(run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' ' ~ (changes | join(', ')))) }}
{% endmacro %}

{% macro bigquery__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
  {% do adapter.alter_table_add_remove_columns(relation, add_columns, remove_columns) %}
{% endmacro %}

{#- The whole table is read and written anew: most types cannot be changed in place. -#}
{% macro bigquery__alter_column_type(relation, column_name, new_column_type) -%}
  {% set values = [] %}
  {% for column in get_columns_in_relation(relation) %}
    {% do values.append(('cast(' ~ column.quoted ~ ' as ' ~ new_column_type ~ ') as ' ~ column.quoted) if column.column == column_name else column.quoted) %}
  {% endfor %}
  {% call statement('alter_column_type') %}
    {{ create_table_as(False, relation, 'select ' ~ (values | join(', ')) ~ ' from ' ~ relation) }}
  {%- endcall %}
{% endmacro %}

{#- Records get their new fields first. -#}
{% macro bigquery__sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) %}
  {% set changes = schema_changes_dict %}
  {% set source = changes.get('source_relation') %}
  {% if source is not none %}
    {% set changes = adapter.sync_struct_columns(on_schema_change, source, target_relation, changes) %}
  {% endif %}
  {{ default__sync_column_schemas(on_schema_change, target_relation, changes) }}
{% endmacro %}

{% macro bigquery__check_for_schema_changes(source_relation, target_relation) %}
  {% set changes = default__check_for_schema_changes(source_relation, target_relation) %}
  {% do changes.update({'source_relation': source_relation}) %}
  {% do return(changes) %}
{% endmacro %}
