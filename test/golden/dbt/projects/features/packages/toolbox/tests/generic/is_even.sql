{% test is_even(model, column_name, modulus=2) %}
select * from {{ model }} where {{ column_name }} % {{ modulus }} <> 0
{% endtest %}
